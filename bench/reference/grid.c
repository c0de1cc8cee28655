/*
 * The reference of `npm run bench -- grid`: a neutral grid on one-minute candles as a plain loop in doubles. It does the
 * work of the program and nothing more: fills in the order of the path (opening gap, then three monotone moves), maker
 * fees rounded up to 1e-8, funding, liquidation on cross margin with tiered maintenance, equity at every close, the
 * largest fall in money and as a share of its peak.
 *
 *     grid FILE REPETITIONS
 *
 * FILE holds doubles: counts (candles, settlements, lines, tiers), start values, then the columns; see bench/grid.ts,
 * which writes it. Prints the results of the last repetition and the time of each, in ms.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  double fills, cash, fees, funding, fall, share, position, liquidated;
} Result;

static long candles, settlements, lines, tiers;
static double quantity, start_price, balance, maker, taker, tick;
static double *open_, *high, *low, *close_, *rates, *line, *floors, *maintenance, *amounts;
static double *after, *value, *fee;

static double *column(FILE *file, long count) {
  double *values = malloc(sizeof(double) * (count + 1));
  if (fread(values, sizeof(double), count, file) != (size_t)count) exit(2);
  return values;
}

/* A fee in whole units of 1e-8, rounded up; what lies within rounding noise of a unit is that unit. */
static inline double fee_of(double value) { return ceil(value * maker * 1e8 - 1e-4) * 1e-8; }

static double required(double notional, double rate_taker) {
  long tier = 0;
  while (tier + 1 < tiers && floors[tier + 1] <= notional) tier++;
  double kept = notional * maintenance[tier] - amounts[tier];
  return (kept > 0 ? kept : 0) + notional * rate_taker;
}

/* The price goes down to a value: buys fill. */
#define FALL(to)                                     \
  while ((to) <= down) {                             \
    empty--;                                         \
    cash -= value[empty];                            \
    fees += fee[empty];                              \
    held++;                                          \
    fills++;                                         \
    down = empty > 0 ? line[empty - 1] - tick : 0;   \
    up = line[empty + 1] + tick;                     \
  }

/* The price goes up to a value: sells fill. */
#define CLIMB(to)                                                \
  while ((to) >= up) {                                           \
    empty++;                                                     \
    cash += value[empty];                                        \
    fees += fee[empty];                                          \
    held--;                                                      \
    fills++;                                                     \
    down = line[empty - 1] - tick;                               \
    up = empty < lines - 1 ? line[empty + 1] + tick : INFINITY;  \
  }

static Result run(void) {
  Result r = {0};
  double cash = 0, fees = 0, funding = 0, peak = balance, fall = 0, share = 0;
  long fills = 0, due = 0, empty = 0, held = 0;
  while (empty < lines - 1 && line[empty] <= start_price) empty++;
  double down = empty > 0 ? line[empty - 1] - tick : 0;
  double up = empty < lines - 1 ? line[empty + 1] + tick : INFINITY;
  for (long i = 0; i < candles; i++) {
    const double o = open_[i], h = high[i], l = low[i], c = close_[i];
    FALL(o);
    CLIMB(o);
    if (c > o) {
      FALL(l);
      CLIMB(h);
      FALL(c);
    } else {
      CLIMB(h);
      FALL(l);
      CLIMB(c);
    }
    const double position = held * quantity;
    const double wallet = balance + cash + funding - fees;
    /* No rate of the table is above 30 %: most prices are far away from a liquidation. */
    const double worst = held > 0 ? l : h;
    if (held != 0 && wallet + position * worst <= 0.3 * fabs(position) * worst &&
        wallet + position * worst <= required(fabs(position) * worst, taker)) {
      r.liquidated = 1;
      break;
    }
    const double equity = wallet + position * c;
    if (equity > peak) peak = equity;
    else {
      const double d = peak - equity;
      if (d > fall) fall = d;
      if (d > share * peak) share = d / peak;
    }
    while (due < settlements && after[due] <= i) {
      funding -= trunc(position * c * rates[due] * 1e8) * 1e-8;
      due++;
    }
  }
  r.fills = fills;
  r.cash = cash;
  r.fees = fees;
  r.funding = funding;
  r.fall = fall;
  r.share = share;
  r.position = held * quantity;
  return r;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  FILE *file = fopen(words[1], "rb");
  if (!file) return 2;
  double *head = column(file, 11);
  candles = head[0], settlements = head[1], lines = head[2], tiers = head[3];
  quantity = head[4], start_price = head[5], balance = head[6], maker = head[7], taker = head[8], tick = head[9];
  open_ = column(file, candles), high = column(file, candles), low = column(file, candles);
  close_ = column(file, candles);
  after = column(file, settlements), rates = column(file, settlements), line = column(file, lines);
  floors = column(file, tiers), maintenance = column(file, tiers), amounts = column(file, tiers);
  value = malloc(sizeof(double) * lines), fee = malloc(sizeof(double) * lines);
  for (long i = 0; i < lines; i++) {
    value[i] = line[i] * quantity;
    fee[i] = fee_of(value[i]);
  }
  Result r = {0};
  const long repetitions = atol(words[2]);
  for (long turn = 0; turn < repetitions; turn++) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    r = run();
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%.6f ", (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) * 1e-6);
  }
  printf("\n%.0f %.8f %.8f %.8f %.8f %.12f %.8f %.0f\n", r.fills, r.cash, r.fees, r.funding, r.fall, r.share,
         r.position, r.liquidated);
  return 0;
}
