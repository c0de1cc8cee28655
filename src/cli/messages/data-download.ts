/** perpfleet data download (src/main/data-download.ts). */
import { defineMessages } from '../speech.ts'

export const downloadHelp = defineMessages({
  download: {
    en: 'fetch candles, mark prices and funding from a venue into history/; goes on where the set ends',
    'zh-CN': '从交易所下载 K 线、标记价和资金费率到 history/；从数据集末尾继续',
    'zh-TW': '從交易所下載 K 線、標記價與資金費率到 history/；從資料集末尾繼續',
  },
  from: {
    en: 'begin here (ISO, UTC); a set that is stored goes on where it ends',
    'zh-CN': '从此时开始（ISO，UTC）；已存的数据集从其末尾继续',
    'zh-TW': '從此時開始（ISO，UTC）；已存的資料集從其末尾繼續',
  },
  to: {
    en: 'end before this (ISO, UTC); now without it',
    'zh-CN': '到此时之前为止（ISO，UTC）；默认到现在',
    'zh-TW': '到此時之前為止（ISO，UTC）；預設到現在',
  },
  kind: {
    en: 'what to fetch: candles, mark, funding; all that the venue has without it',
    'zh-CN': '下载内容：candles、mark、funding；默认为交易所提供的全部',
    'zh-TW': '下載內容：candles、mark、funding；預設為交易所提供的全部',
  },
  replace: {
    en: 'fetch everything anew, and write over what is stored when all of it has come',
    'zh-CN': '全部重新下载，完成后覆盖已存的数据',
    'zh-TW': '全部重新下載，完成後覆寫已存的資料',
  },
  endpoint: {
    en: "another address of the venue's HTTP interface: a proxy or mirror",
    'zh-CN': '交易所 HTTP 接口的其他地址：代理或镜像',
    'zh-TW': '交易所 HTTP 介面的其他位址：代理或鏡像',
  },
})

export const downloadMessages = defineMessages({
  whichMarket: {
    en: 'name venue, contract and length: perpfleet data download okx SOL_USDT_PERP 1m --from 2024-01-01',
    'zh-CN':
      '请指定交易所、合约和周期：perpfleet data download okx SOL_USDT_PERP 1m --from 2024-01-01',
    'zh-TW':
      '請指定交易所、合約與週期：perpfleet data download okx SOL_USDT_PERP 1m --from 2024-01-01',
  },
  noVenue: {
    en: 'nothing can be downloaded from {venue}, only from {known}: import a file with perpfleet data import',
    'zh-CN': '无法从 {venue} 下载，只支持 {known}：请用 perpfleet data import 导入文件',
    'zh-TW': '無法從 {venue} 下載，只支援 {known}：請以 perpfleet data import 匯入檔案',
  },
  noTimeframe: {
    en: '{venue} has no candles of {timeframe}, only of {known}: download a shorter length and use perpfleet data resample',
    'zh-CN':
      '{venue} 没有 {timeframe} K 线，只有 {known}：请下载更短的周期，再用 perpfleet data resample',
    'zh-TW':
      '{venue} 沒有 {timeframe} K 線，只有 {known}：請下載更短的週期，再用 perpfleet data resample',
  },
  noMark: {
    en: '{venue} has no candles of mark prices: leave --kind mark out',
    'zh-CN': '{venue} 没有标记价 K 线：请去掉 --kind mark',
    'zh-TW': '{venue} 沒有標記價 K 線：請去掉 --kind mark',
  },
  needsFrom: {
    en: 'say from when: add --from, e.g. --from 2024-01-01',
    'zh-CN': '请说明从何时开始：请加 --from，例如 --from 2024-01-01',
    'zh-TW': '請說明從何時開始：請加上 --from，例如 --from 2024-01-01',
  },
  notLinear: {
    en: '{symbol} settles in its base currency: only contracts that settle in their quote currency can be replayed',
    'zh-CN': '{symbol} 以基础币结算：只有以计价币结算的合约才能回放',
    'zh-TW': '{symbol} 以基礎幣結算：只有以計價幣結算的合約才能重播',
  },
  badEndpoint: {
    en: '--endpoint {found} is no address: write it like https://proxy.example',
    'zh-CN': '--endpoint {found} 不是地址：请写成 https://proxy.example 的形式',
    'zh-TW': '--endpoint {found} 不是位址：請寫成 https://proxy.example 的形式',
  },
  fetching: {
    en: 'fetching {kind} of {venue}',
    'zh-CN': '正在下载 {venue} 的 {kind}',
    'zh-TW': '正在下載 {venue} 的 {kind}',
  },
  waiting: {
    en: '{venue}: waiting {seconds} s ({why})',
    'zh-CN': '{venue}：等待 {seconds} 秒（{why}）',
    'zh-TW': '{venue}：等待 {seconds} 秒（{why}）',
  },
  downloaded: {
    en: '{name}: {rows} rows downloaded, {total} in all, {span}.{kept}',
    'zh-CN': '{name}：已下载 {rows} 行，共 {total} 行，{span}。{kept}',
    'zh-TW': '{name}：已下載 {rows} 列，共 {total} 列，{span}。{kept}',
  },
  keptFrom: {
    en: ' {venue} keeps none older than {time}.',
    'zh-CN': '{venue} 不保留 {time} 之前的数据。',
    'zh-TW': '{venue} 不保留 {time} 之前的資料。',
  },
  nothing: {
    en: '{venue} has no {kind} of {symbol} in this window',
    'zh-CN': '{venue} 在此时间段没有 {symbol} 的 {kind}',
    'zh-TW': '{venue} 在此時段沒有 {symbol} 的 {kind}',
  },
  stopped: {
    en: 'stopped: what has come is stored, the same command goes on there',
    'zh-CN': '已停止：已下载的数据已保存，同一命令会从该处继续',
    'zh-TW': '已停止：已下載的資料已儲存，同一命令會從該處繼續',
  },
  stoppedReplacing: {
    en: 'stopped: what is stored was left as it was',
    'zh-CN': '已停止：已存的数据保持原样',
    'zh-TW': '已停止：已存的資料保持原樣',
  },
})
