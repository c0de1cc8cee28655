/** arbitrage scan. */
import { defineMessages } from '../speech.ts'

export const arbitrageHelp = defineMessages({
  arbitrage: {
    en: 'differences between venues that pay after all costs',
    'zh-CN': '扣除全部成本后仍有利可图的交易所价差',
    'zh-TW': '扣除全部成本後仍有利可圖的交易所價差',
  },
  scan: {
    en: 'compare the books of several venues, the largest edge first',
    'zh-CN': '比较多个交易所的盘口，收益最大者在前',
    'zh-TW': '比較多個交易所的掛單簿，收益最大者在前',
  },
  venues: {
    en: 'at least two, separated by commas; as configured when not given',
    'zh-CN': '至少两个，以逗号分隔；不给出则按配置',
    'zh-TW': '至少兩個，以逗號分隔；未給出則依設定',
  },
  symbols: {
    en: 'contracts (BTC/USDT:USDT) or bases (BTC), separated by commas',
    'zh-CN': '合约（BTC/USDT:USDT）或币种（BTC），以逗号分隔',
    'zh-TW': '合約（BTC/USDT:USDT）或幣種（BTC），以逗號分隔',
  },
  seconds: {
    en: 'how long to look when no scanner runs here',
    'zh-CN': '此处没有扫描器运行时观察多久（秒）',
    'zh-TW': '此處沒有掃描器執行時觀察多久（秒）',
  },
  pairs: {
    en: 'also show what does not pay, and why',
    'zh-CN': '同时显示无利可图的组合及原因',
    'zh-TW': '同時顯示無利可圖的組合及原因',
  },
  watch: {
    en: 'again and again until Ctrl-C',
    'zh-CN': '持续刷新，直到 Ctrl-C',
    'zh-TW': '持續更新，直到 Ctrl-C',
  },
})

export const arbitrageMessages = defineMessages({
  tooFew: {
    en: 'one venue alone cannot be compared: name two or more with --venues okx,hyperliquid or in arbitrage.venues',
    'zh-CN': '单个交易所无法比较：用 --venues okx,hyperliquid 或在 arbitrage.venues 中给出两个以上',
    'zh-TW':
      '單一交易所無法比較：請以 --venues okx,hyperliquid 或在 arbitrage.venues 中給出兩個以上',
  },
  head: {
    en: 'pair|buy at|price|sell at|price|size|edge bps|edge|funding a day|pays within|since',
    'zh-CN': '组合|买入|价格|卖出|价格|数量|收益 bps|收益|每日资金费|回本时间|始于',
    'zh-TW': '組合|買入|價格|賣出|價格|數量|收益 bps|收益|每日資金費|回本時間|始於',
  },
  pairsHead: {
    en: 'pair|buy at|edge bps|reason',
    'zh-CN': '组合|买入|收益 bps|原因',
    'zh-TW': '組合|買入|收益 bps|原因',
  },
  none: {
    en: 'nothing pays after all costs now; {pairs} pairs are compared',
    'zh-CN': '当前扣除全部成本后无利可图；共比较 {pairs} 个组合',
    'zh-TW': '目前扣除全部成本後無利可圖；共比較 {pairs} 個組合',
  },
  nothingCompared: {
    en: 'no contract is listed by two of the venues: name other symbols or venues',
    'zh-CN': '没有两个交易所共有的合约：请换其他合约或交易所',
    'zh-TW': '沒有兩個交易所共有的合約：請換其他合約或交易所',
  },
  unreachable: {
    en: '{exchange} could not be reached and is not compared: {text}',
    'zh-CN': '无法连接 {exchange}，不参与比较：{text}',
    'zh-TW': '無法連線 {exchange}，不參與比較：{text}',
  },
  checkNetwork: {
    en: 'so nothing can be compared: look at the network of this machine (names, firewall, proxy), or name other venues with --venues',
    'zh-CN': '因此无法比较：请检查本机网络（域名解析、防火墙、代理），或用 --venues 换其他交易所',
    'zh-TW': '因此無法比較：請檢查本機網路（網域解析、防火牆、代理），或以 --venues 換其他交易所',
  },
  looking: {
    en: 'no scanner runs here: looking at the public books for {seconds} s',
    'zh-CN': '此处没有扫描器运行：观察公开盘口 {seconds} 秒',
    'zh-TW': '此處沒有掃描器執行：觀察公開掛單簿 {seconds} 秒',
  },
  rehearsed: {
    en: 'SANDBOX of this home: these prices are made up (arbitrage.market: live looks at the venues)',
    'zh-CN': '本主目录的沙盒：以下价格均为模拟（arbitrage.market: live 才查看真实交易所）',
    'zh-TW': '本主目錄的沙盒：以下價格均為模擬（arbitrage.market: live 才查看真實交易所）',
  },
  never: { en: 'never', 'zh-CN': '永不', 'zh-TW': '永不' },
})

/** Codes of docs/concepts/arbitrage.md, "Reasons". */
export const scanReasons = defineMessages({
  edge: {
    en: 'does not pay: {found}, needed {needed}',
    'zh-CN': '无利可图：{found}，需要 {needed}',
    'zh-TW': '無利可圖：{found}，需要 {needed}',
  },
  implausible: {
    en: 'too good to be true: {found}, at most {needed} counts',
    'zh-CN': '好得不真实：{found}，最多 {needed} 才算数',
    'zh-TW': '好得不真實：{found}，最多 {needed} 才算數',
  },
  stale: {
    en: 'the book of {exchange} is {found} old, at most {needed} counts',
    'zh-CN': '{exchange} 的盘口已过时 {found}，最多 {needed}',
    'zh-TW': '{exchange} 的掛單簿已過時 {found}，最多 {needed}',
  },
  down: {
    en: 'no book of {exchange}',
    'zh-CN': '没有 {exchange} 的盘口',
    'zh-TW': '沒有 {exchange} 的掛單簿',
  },
  crossed: {
    en: 'the book of {exchange} is crossed: bid {found}, ask {needed}',
    'zh-CN': '{exchange} 的盘口交叉：买 {found}，卖 {needed}',
    'zh-TW': '{exchange} 的掛單簿交叉：買 {found}，賣 {needed}',
  },
  empty_book: {
    en: 'a side of the book of {exchange} is empty',
    'zh-CN': '{exchange} 的盘口有一侧为空',
    'zh-TW': '{exchange} 的掛單簿有一側為空',
  },
  no_rate: {
    en: 'no rate for the settlement currency of {symbol} at {exchange}: arbitrage.quote_rates',
    'zh-CN': '{exchange} 的 {symbol} 结算货币没有汇率：arbitrage.quote_rates',
    'zh-TW': '{exchange} 的 {symbol} 結算貨幣沒有匯率：arbitrage.quote_rates',
  },
  no_common_size: {
    en: 'no size that both venues can hold: {found} units of a step of {needed}',
    'zh-CN': '没有两个交易所都能持有的数量：{found}，最小步长 {needed}',
    'zh-TW': '沒有兩個交易所都能持有的數量：{found}，最小步長 {needed}',
  },
  below_minimum: {
    en: '{exchange} takes no less than {needed}, found {found}',
    'zh-CN': '{exchange} 最少 {needed}，现为 {found}',
    'zh-TW': '{exchange} 最少 {needed}，現為 {found}',
  },
})
