/** What is mutated, and the tests that must notice. A group is small enough for a few minutes of one machine. */
export interface MutationGroup {
  readonly files: readonly string[]
  /** Quick ones: each runs once for every mutant that it reaches. */
  readonly tests: readonly string[]
}

export const GROUPS: Readonly<Record<string, MutationGroup>> = {
  ledger: {
    files: [
      'src/engine/instance-ledger.ts',
      'src/domain/position/position.ts',
      'src/domain/position/funding.ts',
      'src/domain/account-ledger.ts',
    ],
    tests: [
      'src/engine/instance-ledger.test.ts',
      'src/domain/position/position.test.ts',
      'src/domain/account-ledger.test.ts',
    ],
  },
  orders: {
    files: [
      'src/domain/order-state.ts',
      'src/engine/working-order.ts',
      'src/engine/working-orders.ts',
    ],
    tests: [
      'src/domain/order-state.test.ts',
      'src/engine/working-order.test.ts',
      'src/engine/working-orders.test.ts',
    ],
  },
  cells: {
    files: ['src/domain/grid/cells.ts'],
    tests: ['src/domain/grid/cells.test.ts'],
  },
  reconciliation: {
    files: ['src/domain/reconciliation.ts'],
    tests: ['src/domain/reconciliation.test.ts'],
  },
  comparison: {
    files: ['src/desk/reconciler.ts'],
    tests: ['src/desk/reconciler-questions.test.ts'],
  },
}
