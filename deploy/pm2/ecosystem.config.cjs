// perpfleet under PM2: one app, the control plane. The bots are its own business: PM2 must neither start nor kill them.
// docs/operations/install.md tells how to use it. PERPFLEET_HOME names the home, default: the folder where pm2 was called.
const { existsSync } = require('node:fs')
const { dirname, join } = require('node:path')

const root = dirname(dirname(__dirname))
const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
const home = process.env.PERPFLEET_HOME || process.cwd()

module.exports = {
  apps: [
    {
      name: 'perpfleet',
      script: join(root, 'dist', 'main', 'cli.js'),
      args: ['up', '--home', home],
      cwd: home,
      interpreter: existsSync(pinned) ? pinned : 'node',
      exec_mode: 'fork',
      instances: 1,
      // The tree below the control plane is the fleet: it goes on trading when the control plane ends.
      treekill: false,
      // PM2's own signal would be SIGINT, which ends everything; its message `shutdown` is `perpfleet down`.
      shutdown_with_message: true,
      kill_timeout: 30000,
      autorestart: true,
      restart_delay: 2000,
      stop_exit_codes: [0, 2, 4],
      watch: false,
      env: { PERPFLEET_ENV: 'production' },
    },
  ],
}
