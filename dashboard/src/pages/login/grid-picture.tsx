/** What the program does, drawn: a price that moves through a grid of orders. */
const LINES = [80, 150, 220, 290, 360, 430, 500]
const PRICE =
  'M0 330 C40 300 60 250 100 262 S150 360 190 372 S250 300 280 232 S330 170 370 182 S420 262 455 300 S520 345 550 300 S600 190 640 162 S690 200 720 214'
const FILLS: readonly (readonly [x: number, y: number, side: 'buy' | 'sell'])[] = [
  [41, 290, 'sell'],
  [130, 290, 'buy'],
  [172, 360, 'buy'],
  [221, 360, 'sell'],
  [257, 290, 'sell'],
  [286, 220, 'sell'],
  [408, 220, 'buy'],
  [447, 290, 'buy'],
  [556, 290, 'sell'],
  [594, 220, 'sell'],
]

export const GridPicture = () => (
  <svg
    aria-hidden
    viewBox="0 0 720 640"
    preserveAspectRatio="xMidYMid slice"
    className="absolute inset-0 size-full"
  >
    <defs>
      <linearGradient id="fade" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0.5" stopColor="var(--c-panel)" stopOpacity="0" />
        <stop offset="0.85" stopColor="var(--c-panel)" />
      </linearGradient>
    </defs>
    {LINES.map((y) => (
      <line
        key={y}
        x1="0"
        x2="720"
        y1={y}
        y2={y}
        stroke={y < 262 ? 'var(--c-bad)' : 'var(--c-good)'}
        strokeOpacity="0.38"
        strokeDasharray="4 6"
      />
    ))}
    <path d={PRICE} fill="none" stroke="var(--c-accent)" strokeWidth="2.5" />
    {FILLS.map(([x, y, side]) => (
      <circle
        key={`${x} ${y}`}
        cx={x}
        cy={y}
        r="6"
        fill="var(--c-panel)"
        stroke={side === 'buy' ? 'var(--c-good)' : 'var(--c-bad)'}
        strokeWidth="2.5"
      />
    ))}
    <rect width="720" height="640" fill="url(#fade)" />
  </svg>
)
