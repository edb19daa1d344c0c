import type { RespondOptions } from './options/respond.ts';
export const powershellScript = (_options: RespondOptions): string => '';
