/** Addresses and their pages. Pages are loaded when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { Layout } from './app/layout.tsx'
import { NotFound } from './app/not-found.tsx'
import { PageFault } from './components/error-boundary.tsx'
import { Skeleton } from './components/states.tsx'
import { sessionNow } from './lib/session.ts'

/** Where to go after the login: a path of ours, nothing else. */
function readFrom(search: Record<string, unknown>): { from?: string } {
  const { from } = search
  return typeof from === 'string' && /^\/(?![/\\])/.test(from) ? { from } : {}
}

const root = createRootRoute({ notFoundComponent: NotFound })

const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readFrom,
  beforeLoad: ({ search }) => {
    if (sessionNow().state === 'in') throw redirect({ to: search.from ?? '/' })
  },
  component: lazyRouteComponent(() => import('./pages/login/login-page.tsx'), 'LoginPage'),
})

/** Everything behind the login. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: ({ location }) => {
    if (sessionNow().state !== 'in')
      throw redirect({ to: '/login', search: location.href === '/' ? {} : { from: location.href } })
  },
  component: Layout,
})

const fleetRoute = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/fleet/fleet-page.tsx'), 'FleetPage'),
})

const instanceRoute = createRoute({
  getParentRoute: () => inside,
  path: '/instances/$id',
  validateSearch: (search: Record<string, unknown>): { tab?: string } =>
    typeof search['tab'] === 'string' ? { tab: search['tab'] } : {},
  component: lazyRouteComponent(() => import('./pages/instance/instance-page.tsx'), 'InstancePage'),
})

const labRoute = createRoute({
  getParentRoute: () => inside,
  path: '/lab',
  validateSearch: ({ from }: Record<string, unknown>): { from?: string } =>
    typeof from === 'string' ? { from } : {},
  component: lazyRouteComponent(() => import('./pages/lab/lab-page.tsx'), 'LabPage'),
})

const runRoute = createRoute({
  getParentRoute: () => inside,
  path: '/lab/$id',
  component: lazyRouteComponent(() => import('./pages/lab/run-page.tsx'), 'RunPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    loginRoute,
    inside.addChildren([fleetRoute, instanceRoute, labRoute, runRoute]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFault,
  defaultPendingComponent: () => <Skeleton lines={6} className="p-6" />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
