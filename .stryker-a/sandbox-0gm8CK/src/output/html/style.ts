/// <reference path="../../text/browser-text.d.ts" />
import HOSTS_TABLE from './browser/hosts-table.css?text';
import PAGE from './browser/page.css?text';
import PAPER from './browser/paper.css?text';
import PICTURES from './browser/pictures.css?text';

/** The one style sheet of a page. Paper comes last, so that it wins. */
export const STYLE: string = `${PAGE}${PICTURES}${HOSTS_TABLE}${PAPER}`;
