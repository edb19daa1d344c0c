/** How many times more worlds than usual are simulated: RA_SIMULATIONS=10 for a bound ten times as close. */
const SCALE = Math.max(1, Number(process.env['RA_SIMULATIONS'] ?? 1) || 1);

export const worlds = (usual: number): number => Math.round(usual * SCALE);

/** Time that a test of so many worlds may take on a busy machine, milliseconds. */
export const simulationTimeout = 300_000 * SCALE;
