/** Tokens per second with one digit behind the point; nothing where it would say nothing. */
export function perSecond(tokens: number | undefined, ms: number | null): number | null {
  if (!tokens || ms === null || ms < 1) return null;
  const speed = (tokens * 1_000) / ms;
  return speed >= 10 ? Math.round(speed) : Math.round(speed * 10) / 10;
}
