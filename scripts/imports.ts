// Finds imports that scripts/boundaries.ts forbids.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult, type IDependency } from 'dependency-cruiser'
import { HEAVY, IMPORT_RULES, LIGHT_PROGRAMS } from './boundaries.ts'

export interface Violation {
  rule: string
  file: string
  detail: string
}

type Graph = Map<string, IDependency[]>

function isLoadedAtStart(dependency: IDependency): boolean {
  return !dependency.dynamic && !dependency.dependencyTypes.includes('type-only')
}

/** Follows what a program loads when it starts, and tells the way to everything heavy. */
function heavyImports(graph: Graph, rule: string, start: RegExp): Violation[] {
  const from = new Map<string, string>()
  const queue = [...graph.keys()].filter((file) => start.test(file) && !/\.test\.ts$/.test(file))
  for (const file of queue) from.set(file, '')
  const found: Violation[] = []
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const dependency of (graph.get(file) ?? []).filter(isLoadedAtStart)) {
      const target = dependency.resolved
      if (HEAVY.test(target)) found.push({ rule, file, detail: wayTo(from, file, target) })
      else if (graph.has(target) && !from.has(target)) {
        from.set(target, file)
        queue.push(target)
      }
    }
  }
  return found
}

function wayTo(from: Map<string, string>, file: string, target: string): string {
  const way = [target]
  for (let at = file; at !== ''; at = from.get(at) ?? '') way.unshift(at)
  return way.join(' → ')
}

export async function importViolations(root: string): Promise<Violation[]> {
  const rooms = ['src', 'dashboard/src'].filter((room) => existsSync(join(root, room)))
  const { output } = await cruise(rooms, {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: IMPORT_RULES },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    detectProcessBuiltinModuleCalls: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  })
  const result = output as ICruiseResult
  const graph: Graph = new Map()
  for (const module of result.modules) {
    if (module.source.startsWith('src/')) graph.set(module.source, module.dependencies)
  }
  const forbidden = result.summary.violations.map((violation) => ({
    rule: violation.rule.name,
    file: violation.from,
    detail: [violation.from, ...(violation.cycle?.map((step) => step.name) ?? [violation.to])].join(
      ' → ',
    ),
  }))
  const heavy = Object.entries(LIGHT_PROGRAMS).flatMap(([rule, start]) =>
    heavyImports(graph, rule, start),
  )
  return [...forbidden, ...heavy]
}
