/** Part of the phrase book (phrases.ts): what history and its download say of a set and of a venue. */
import { defineMessages } from '../speech.ts'

export const historyPhrases = defineMessages({
  makeOfStored: {
    en: 'there are no candles {set} in {folder}: make them of the stored ones with "{command}"',
    'zh-CN': '{folder} 中没有 {set} 的 K 线：可由已存的合成："{command}"',
    'zh-TW': '{folder} 中沒有 {set} 的 K 線：可由已存的合成："{command}"',
  },
  busyVenue: {
    en: '{venue} is asked too often ({why}; {count} tries): run the command again later, it goes on where it ended',
    'zh-CN': '{venue} 请求过于频繁（{why}；已试 {count} 次）：请稍后再运行，会从中断处继续',
    'zh-TW': '{venue} 請求過於頻繁（{why}；已試 {count} 次）：請稍後再執行，會從中斷處繼續',
  },
  unreachableVenue: {
    en: '{venue} cannot be reached ({why}; {count} tries): run the command again later, it goes on where it ended',
    'zh-CN': '无法连接 {venue}（{why}；已试 {count} 次）：请稍后再运行，会从中断处继续',
    'zh-TW': '無法連線到 {venue}（{why}；已試 {count} 次）：請稍後再執行，會從中斷處繼續',
  },
  banningVenue: {
    en: '{venue} wants to be left alone for {minutes} minutes ({why}): run the command again then, it goes on where it ended',
    'zh-CN': '{venue} 要求 {minutes} 分钟内不再请求（{why}）：届时再运行，会从中断处继续',
    'zh-TW': '{venue} 要求 {minutes} 分鐘內不再請求（{why}）：屆時再執行，會從中斷處繼續',
  },
  noContract: {
    en: '{venue} has no such contract or length ({why}): check the names',
    'zh-CN': '{venue} 没有该合约或周期（{why}）：请检查名称',
    'zh-TW': '{venue} 沒有該合約或週期（{why}）：請檢查名稱',
  },
  refusingVenue: {
    en: '{venue} refused the request ({why}): nothing more was asked',
    'zh-CN': '{venue} 拒绝了请求（{why}）：已停止请求',
    'zh-TW': '{venue} 拒絕了請求（{why}）：已停止請求',
  },
  otherRows: {
    en: "the stored {kind} of {time} are not those of {venue} ({why}): download under another venue's name, remove the set, or write over it with --replace",
    'zh-CN':
      '已存的 {kind}（{time}）与 {venue} 的不一致（{why}）：请换用其他交易所名称、删除该数据集，或用 --replace 覆盖',
    'zh-TW':
      '已存的 {kind}（{time}）與 {venue} 的不一致（{why}）：請換用其他交易所名稱、刪除該資料集，或以 --replace 覆寫',
  },
  earlierRows: {
    en: 'the stored {kind} begin at {time} and {venue} has earlier ones: choose --from {begin}, or download all of them anew with --replace',
    'zh-CN':
      '已存的 {kind} 从 {time} 开始，{venue} 还有更早的：请用 --from {begin}，或用 --replace 全部重新下载',
    'zh-TW':
      '已存的 {kind} 從 {time} 開始，{venue} 還有更早的：請用 --from {begin}，或以 --replace 全部重新下載',
  },
  otherDownload: {
    en: 'process {pid} downloads this set already: wait for it, or remove {file} when that is something else',
    'zh-CN': '进程 {pid} 正在下载此数据集：请等待，若不是它则删除 {file}',
    'zh-TW': '處理程序 {pid} 正在下載此資料集：請等待，若不是它則刪除 {file}',
  },
  putAside: {
    en: 'what was downloaded was put aside as {file}, because it does not fit the set: {why}',
    'zh-CN': '下载的内容与数据集不符，已另存为 {file}：{why}',
    'zh-TW': '下載的內容與資料集不符，已另存為 {file}：{why}',
  },
  tooManyDigits: {
    en: '{file} was not imported: a price of {price} beside one with {decimals} decimals needs more than 15 digits: round its prices to fewer decimals',
    'zh-CN':
      '{file} 未导入：价格 {price} 与带 {decimals} 位小数的价格并存，超过 15 位数字：请减少价格的小数位',
    'zh-TW':
      '{file} 未匯入：價格 {price} 與帶 {decimals} 位小數的價格並存，超過 15 位數字：請減少價格的小數位',
  },
})
