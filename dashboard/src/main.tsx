import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Waiting } from './app/waiting.tsx'
import { Toasts } from './components/toasts.tsx'
import { TooltipProvider } from './components/tooltip.tsx'
import { startLanguage } from './lib/i18n.ts'
import { restoreSession, useSession } from './lib/session.ts'
import { queryClient, startStream } from './lib/stream.ts'
import { router } from './router.tsx'
import './styles/main.css'

function App() {
  const { state } = useSession()
  return state === 'unknown' ? <Waiting /> : <RouterProvider router={router} />
}

void restoreSession()
await startLanguage()
startStream()

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <App />
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
)
