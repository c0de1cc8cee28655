/** Part of the phrase book (phrases.ts): why a grid is refused or cannot be moved, and why there are no candles. */
import { defineMessages } from '../speech.ts'

export const gridPhrases = defineMessages({
  sameLines: {
    en: 'two lines round to one price, {price}; {lines} lines do not fit between {lower} and {upper}: lower grid_num',
    'zh-CN':
      '两条网格线取整后同为 {price}；{lower} 到 {upper} 之间放不下 {lines} 条线：请减小 grid_num',
    'zh-TW':
      '兩條網格線取整後同為 {price}；{lower} 到 {upper} 之間放不下 {lines} 條線：請減小 grid_num',
  },
  rangeInverted: {
    en: 'grid_lower_price {lower} must be above 0 and below grid_upper_price {upper}',
    'zh-CN': 'grid_lower_price {lower} 必须大于 0 且低于 grid_upper_price {upper}',
    'zh-TW': 'grid_lower_price {lower} 必須大於 0 且低於 grid_upper_price {upper}',
  },
  orderTooSmall: {
    en: "an order of {order} is below the venue's minimum of {minimum} at the lowest line {line}; raise {key} or lower grid_num",
    'zh-CN':
      '每单 {order} 低于交易所在最低线 {line} 的下限 {minimum}；请提高 {key} 或减小 grid_num',
    'zh-TW':
      '每單 {order} 低於交易所在最低線 {line} 的下限 {minimum}；請提高 {key} 或減小 grid_num',
  },
  unprofitable: {
    en: 'the worst line does not pay its fees: {cell} earns {gross} and costs {fees} in fees at {percent} %; fewer lines, a wider range, or allow_unprofitable: true',
    'zh-CN':
      '最差一格不够付手续费：{cell} 赚 {gross}，按 {percent} % 付手续费 {fees}；请减少网格线、加宽区间，或设 allow_unprofitable: true',
    'zh-TW':
      '最差一格不夠付手續費：{cell} 賺 {gross}，按 {percent} % 付手續費 {fees}；請減少網格線、加寬區間，或設 allow_unprofitable: true',
  },
  positionTooLarge: {
    en: '{lines} lines of {order} can hold {most}, above max_position {limit}; lower the order size or raise max_position',
    'zh-CN':
      '{lines} 条线、每条 {order}，最多持有 {most}，超过 max_position {limit}；请减小每单数量或提高 max_position',
    'zh-TW':
      '{lines} 條線、每條 {order}，最多持有 {most}，超過 max_position {limit}；請減小每單數量或提高 max_position',
  },
  marginTooSmall: {
    en: 'the grid needs {needed} of margin when its last line has filled ({leverage}x) and the capital is {capital}; lower the order size or the number of lines, or raise leverage or capital',
    'zh-CN':
      '最后一条线成交后网格需要保证金 {needed}（{leverage} 倍），而资金为 {capital}；请减小每单数量或网格线数，或提高杠杆或资金',
    'zh-TW':
      '最後一條線成交後網格需要保證金 {needed}（{leverage} 倍），而資金為 {capital}；請減小每單數量或網格線數，或提高槓桿或資金',
  },
  entryOutside: {
    en: 'the price {price} lies outside {lower} to {upper} and a {type} grid would open its whole position of {position} at once; move the range, give a trigger_price, or allow_price_outside: true',
    'zh-CN':
      '价格 {price} 在 {lower} 到 {upper} 之外，{type} 网格会立即开立全部仓位 {position}；请移动区间、设 trigger_price，或设 allow_price_outside: true',
    'zh-TW':
      '價格 {price} 在 {lower} 到 {upper} 之外，{type} 網格會立即開立全部部位 {position}；請移動區間、設 trigger_price，或設 allow_price_outside: true',
  },
  liquidatedBefore: {
    en: 'the {side} side can be liquidated at {price} before its line {line} has filled ({terms} behind it); lower leverage or order size, or allow_liquidation_before_last_line: true',
    'zh-CN':
      '{side} 一侧可能在 {price} 被强平，早于网格线 {line} 成交（其后有 {terms}）；请降低杠杆或每单数量，或设 allow_liquidation_before_last_line: true',
    'zh-TW':
      '{side} 一側可能在 {price} 被強平，早於網格線 {line} 成交（其後有 {terms}）；請降低槓桿或每單數量，或設 allow_liquidation_before_last_line: true',
  },
  gridEnded: {
    en: 'the grid has ended; start it anew to change its range',
    'zh-CN': '网格已结束；要改变区间请重新启动',
    'zh-TW': '網格已結束；要改變區間請重新啟動',
  },
  noPrice: {
    en: '{key} must be a price above 0 as number or decimal text, found {found}.',
    'zh-CN': '{key} 必须是大于 0 的价格（数字或小数文本），收到的是 {found}。',
    'zh-TW': '{key} 必須是大於 0 的價格（數字或小數文字），收到的是 {found}。',
  },
  numberAtMost: {
    en: '{key} must be at most {most}, found {found}',
    'zh-CN': '{key} 最大为 {most}，收到的是 {found}',
    'zh-TW': '{key} 最大為 {most}，收到的是 {found}',
  },
  noCandles: {
    en: 'the exchange tells no candles: {why}',
    'zh-CN': '交易所进程没有给出 K 线：{why}',
    'zh-TW': '交易所處理程序沒有給出 K 線：{why}',
  },
  contractUnknown: {
    en: 'the contract of {id} is not known, because its file is missing or faulty: perpfleet config validate',
    'zh-CN': '{id} 的合约未知，因为其文件缺失或有误：perpfleet config validate',
    'zh-TW': '{id} 的合約未知，因為其檔案遺失或有誤：perpfleet config validate',
  },
})
