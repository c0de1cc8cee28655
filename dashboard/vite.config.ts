/** Builds the dashboard to dist/dashboard (scripts/prepare.mjs, with --outDir); `npx vite dashboard` serves it while it is worked on. */
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const CONTROL_PLANE = process.env['PERPFLEET_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // the policy of the server allows images of its own and data: addresses, but no data: scripts or fonts
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: {
      // the server refuses foreign origins: what is proxied says that it comes from the server itself
      '/api': {
        target: CONTROL_PLANE,
        changeOrigin: true,
        ws: true,
        headers: { origin: CONTROL_PLANE },
      },
    },
  },
})
