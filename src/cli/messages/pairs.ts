/** What status tells of an instance of two legs, and `trades --opportunities`. */
import { defineMessages } from '../speech.ts'

export const pairMessages = defineMessages({
  opportunities: {
    en: 'opportunities of instances of two legs instead: from both legs flat to both flat again, the last 50 of each',
    'zh-CN': '改为列出双腿实例的套利机会：从两腿皆空到再次皆空，每个实例最近 50 次',
    'zh-TW': '改為列出雙腿實例的套利機會：從兩腿皆空到再次皆空，每個實例最近 50 次',
  },
  opportunitiesHead: {
    en: 'instance|no.|opened|closed|held|outcome|first leg|size|result|of legs|fees|funding|slippage cost|on margin|a year|left because',
    'zh-CN':
      '实例|序号|开启|结束|持有|结果|第 1 腿|数量|盈亏|各腿|手续费|资金费|滑点成本|保证金回报|年化|离场原因',
    'zh-TW':
      '實例|序號|開啟|結束|持有|結果|第 1 腿|數量|損益|各腿|手續費|資金費|滑價成本|保證金回報|年化|離場原因',
  },
  open: { en: 'held', 'zh-CN': '持有中', 'zh-TW': '持有中' },
  profit: { en: 'profit', 'zh-CN': '盈利', 'zh-TW': '獲利' },
  loss: { en: 'loss', 'zh-CN': '亏损', 'zh-TW': '虧損' },
  unwound: { en: 'unwound', 'zh-CN': '已撤回', 'zh-TW': '已撤回' },
  // --- status -----------------------------------------------------------------------------------
  factPair: { en: 'pair', 'zh-CN': '配对', 'zh-TW': '配對' },
  pair: {
    en: '{phase}, aim of the first leg {aim} {base}, net delta {delta} {base} (bound {bound})',
    'zh-CN': '{phase}，第 1 腿目标 {aim} {base}，净敞口 {delta} {base}（上限 {bound}）',
    'zh-TW': '{phase}，第 1 腿目標 {aim} {base}，淨曝險 {delta} {base}（上限 {bound}）',
  },
  pairFollowing: {
    en: '{phase}, net delta {delta} {base} (bound {bound})',
    'zh-CN': '{phase}，净敞口 {delta} {base}（上限 {bound}）',
    'zh-TW': '{phase}，淨曝險 {delta} {base}（上限 {bound}）',
  },
  flat: { en: 'flat', 'zh-CN': '空仓', 'zh-TW': '空手' },
  entering: { en: 'entering', 'zh-CN': '入场中', 'zh-TW': '進場中' },
  holding: { en: 'holding', 'zh-CN': '持有中', 'zh-TW': '持有中' },
  exiting: { en: 'exiting', 'zh-CN': '离场中', 'zh-TW': '離場中' },
  following: { en: 'following', 'zh-CN': '跟随对冲', 'zh-TW': '跟隨對沖' },
  finished: { en: 'finished', 'zh-CN': '已结束', 'zh-TW': '已結束' },
  factImbalance: { en: 'imbalance', 'zh-CN': '失衡', 'zh-TW': '失衡' },
  imbalance: {
    en: 'longest {open} s ({closed} s with a leg closed), repairs: {unwinds}',
    'zh-CN': '最长 {open} 秒（有一腿关闭时 {closed} 秒），修复 {unwinds} 次',
    'zh-TW': '最長 {open} 秒（有一腿關閉時 {closed} 秒），修復 {unwinds} 次',
  },
  imbalancedNow: {
    en: '{text}; now for {now} s, repair: {repair}',
    'zh-CN': '{text}；当前已 {now} 秒，修复：{repair}',
    'zh-TW': '{text}；目前已 {now} 秒，修復：{repair}',
  },
  none: { en: 'not yet', 'zh-CN': '尚未', 'zh-TW': '尚未' },
  unwind: { en: 'unwinding', 'zh-CN': '撤回领先腿', 'zh-TW': '撤回領先腿' },
  hedge: { en: 'hedging again', 'zh-CN': '再次对冲', 'zh-TW': '再次對沖' },
  factEntry: { en: 'entry', 'zh-CN': '入场', 'zh-TW': '進場' },
  factExit: { en: 'exit', 'zh-CN': '离场', 'zh-TW': '離場' },
  edge: {
    en: 'edge {now} bps after costs, wanted {wanted}',
    'zh-CN': '扣除成本后收益 {now} bps，要求 {wanted}',
    'zh-TW': '扣除成本後收益 {now} bps，要求 {wanted}',
  },
  spread: {
    en: 'spread {now} bps, left at {wanted} or less',
    'zh-CN': '价差 {now} bps，不高于 {wanted} 时离场',
    'zh-TW': '價差 {now} bps，不高於 {wanted} 時離場',
  },
  judged: {
    en: 'funding {now} bps a day, wanted {wanted}; break-even after {hours} h',
    'zh-CN': '资金费每日 {now} bps，要求 {wanted}；{hours} 小时后回本',
    'zh-TW': '資金費每日 {now} bps，要求 {wanted}；{hours} 小時後回本',
  },
  carry: {
    en: 'funding {now} bps a day, left at {wanted} or less',
    'zh-CN': '资金费每日 {now} bps，不高于 {wanted} 时离场',
    'zh-TW': '資金費每日 {now} bps，不高於 {wanted} 時離場',
  },
  quotes: {
    en: 'quotes {bid} / {ask}, profit wanted {wanted} bps',
    'zh-CN': '报价 {bid} / {ask}，要求利润 {wanted} bps',
    'zh-TW': '報價 {bid} / {ask}，要求利潤 {wanted} bps',
  },
  pausedUntil: {
    en: 'nothing is entered before {time}',
    'zh-CN': '{time} 之前不入场',
    'zh-TW': '{time} 之前不進場',
  },
  resumeEntries: {
    en: '{why}: look at the venue of the hedge, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file',
    'zh-CN':
      '{why}：请检查对冲腿的交易所，然后依次执行 perpfleet pause ID 与 perpfleet resume ID，或修改其文件的 strategy_config',
    'zh-TW':
      '{why}：請檢查對沖腿的交易所，然後依次執行 perpfleet pause ID 與 perpfleet resume ID，或修改其檔案的 strategy_config',
  },
  factOpportunities: { en: 'opportunities', 'zh-CN': '套利机会', 'zh-TW': '套利機會' },
  counts: {
    en: '{count} closed: {profit} profit, {loss} loss, {unwound} unwound; return a year on margin {yearly}',
    'zh-CN':
      '已结束 {count} 次：盈利 {profit}，亏损 {loss}，撤回 {unwound}；保证金年化回报 {yearly}',
    'zh-TW':
      '已結束 {count} 次：獲利 {profit}，虧損 {loss}，撤回 {unwound}；保證金年化回報 {yearly}',
  },
})
