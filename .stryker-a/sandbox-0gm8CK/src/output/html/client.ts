/// <reference path="../../text/browser-text.d.ts" />
import PAGE_SCRIPT from './browser/page.ts?text';

/** The one script of a page, as text that stands in it as it is: see docs/decisions/0013. */
export const SCRIPT: string = PAGE_SCRIPT;
