import { cleanText } from '../text/clean-text.ts';

/** A spreadsheet's own bound for one cell is 32767 characters; no cell of ours needs as many. */
const LONGEST_CELL = 2000;

/**
 * The beginning of a formula, in ASCII, full-width and small forms, behind blanks and quotes too. Also after `;` and `|`,
 * which a spreadsheet set to another separator takes as the end of a cell.
 */
const FORMULA = /(^|[;|])(?=[\s'"]*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu;

/** Text as a spreadsheet shows it and never computes it (OWASP, CSV injection): a formula gets an apostrophe in front. */
export const csvCell = (text: string): string => cleanText(text, LONGEST_CELL).replaceAll(FORMULA, "$1'");
