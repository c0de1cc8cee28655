import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientIdSchemes, firstSerial } from './client-id.ts'
import type { ClientOrderId } from './order.ts'

const { text, hex128, uint32 } = clientIdSchemes

describe('client ids', () => {
  test('text: letters and digits, at most 18, ours by their form', () => {
    assert.equal(text.make(7, 35), 'pf00007000000z')
    assert.match(text.make(2 ** 31, 1e9), /^[0-9a-z]{1,18}$/)
    assert.ok(text.isOurs(text.make(1, 0)))
    for (const id of ['6b9ad766b55dBCDE', 'pf', 'web_1234567890', 'venue:77'])
      assert.equal(text.isOurs(id), false, id)
  })

  test('hex128: 0x and 32 digits, ours by a tag of 4 bytes', () => {
    assert.equal(hex128.make(7, 255), '0x706572660000000700000000000000ff')
    assert.match(hex128.make(2 ** 32 - 1, Number.MAX_SAFE_INTEGER), /^0x[0-9a-f]{32}$/)
    assert.ok(hex128.isOurs(hex128.make(1, 2)))
    assert.equal(hex128.isOurs(`0x${'1'.repeat(32)}`), false)
    assert.throws(() => hex128.make(2 ** 32, 0), /4 bytes/)
  })

  test('uint32: decimal text of 1 to 4294967295, and nobody knows whose it is', () => {
    for (const counter of [0, 1, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 40]) {
      const id = Number(uint32.make(1, counter))
      assert.ok(Number.isInteger(id) && id >= 1 && id <= 4_294_967_295, String(id))
    }
    assert.equal(uint32.isOurs(uint32.make(1, 5)), false)
  })

  test('every scheme makes each id once within an epoch', () => {
    for (const scheme of Object.values(clientIdSchemes)) {
      const seen = new Set<ClientOrderId>()
      for (let counter = 0; counter < 5000; counter++) seen.add(scheme.make(3, counter))
      assert.equal(seen.size, 5000, scheme.name)
    }
  })

  test('a new journal begins above what one that was lost can have given out', () => {
    const began = Date.UTC(2026, 0, 1)
    // A lost journal that sent four orders a second for a day and was started ten times an hour.
    const used = firstSerial(began) + 86_400 * 4 + 240 * 64
    assert.ok(firstSerial(began + 86_400_000) > used)
  })
})
