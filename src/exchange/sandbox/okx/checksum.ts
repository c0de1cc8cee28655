/** The checksum of OKX's books: CRC-32 of the best 25 levels, bids and asks in turn, as a signed number. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

type Level = readonly (string | undefined)[]

export function bookChecksum(bids: readonly Level[], asks: readonly Level[]): number {
  const parts: string[] = []
  for (let index = 0; index < 25; index += 1) {
    for (const level of [bids[index], asks[index]]) {
      if (level !== undefined) parts.push(`${level[0]}:${level[1]}`)
    }
  }
  let crc = 0xffffffff
  for (const char of parts.join(':')) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ char.charCodeAt(0)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) | 0
}
