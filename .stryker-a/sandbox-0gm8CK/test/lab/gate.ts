import { isRequired } from './tools.ts';

/** Skips a test with its reason; where the lab is required, the reason is a failure. */
export const needs = (skip: (reason: string) => void, why: string | null): void => {
  if (why === null) return;
  if (isRequired(process.env)) throw new Error(`the lab is required here (CI or RA_LAB=require): ${why}`);
  skip(why);
};
