import { width } from '../../text/fit-text.ts';
import { marginOf } from '../kit/layout/frame.ts';
import type { Place } from '../kit/press.ts';
import type { SortColumn } from '../kit/sorting.ts';
import type { AuditView, MainPage } from './audit-state.ts';
import { cursorCell, HEAD, pageHeight } from './geometry.ts';
import { TAB_GAP, TAB_START, tabsOf } from './layout/audit-frame.ts';
import { listHit } from './layout/audit-list.ts';
import { findingAt } from './layout/findings.ts';
import { cellAt } from './layout/host-map.ts';

/** What a click means. `title`: that of what is open. `isChosen`: the cursor stands in this cell already. */
export type Hit =
  | { readonly kind: 'page'; readonly page: MainPage }
  | { readonly kind: 'title' }
  | { readonly kind: 'sort'; readonly by: SortColumn }
  | { readonly kind: 'host'; readonly index: number }
  | { readonly kind: 'cell'; readonly index: number; readonly isChosen: boolean }
  | { readonly kind: 'finding'; readonly id: string };

const tabHit = (view: AuditView, column: number): Hit | null => {
  let start = TAB_START;
  for (const { page, text, more } of tabsOf(view)) {
    const end = start + width(text) + width(more);
    if (column >= start && column < end) return { kind: 'page', page };
    start = end + TAB_GAP;
  }
  return null;
};

const pageHit = (view: AuditView, row: number, column: number): Hit | null => {
  const height = pageHeight(view);
  if (view.page === 'findings') {
    const group = findingAt(view, height, row);
    return group ? { kind: 'finding', id: group.id } : null;
  }
  if (view.page === 'list') {
    const hit = listHit(view, height, row, column);
    if (hit === null) return null;
    return 'host' in hit ? { kind: 'host', index: hit.host } : { kind: 'sort', by: hit.sort };
  }
  const index = cellAt(view, height, row, column);
  const cell = cursorCell(view);
  const isChosen = index !== null && cell !== null && index >= cell.from && index < cell.to;
  return index === null ? null : { kind: 'cell', index, isChosen };
};

/** What stands at this place of the screen; null where a click means nothing. */
export const hitAt = (view: AuditView, { row, column }: Place): Hit | null => {
  const inside = column - marginOf(view);
  const line = row - (HEAD - 1);
  if (inside < 0 || line < 0 || line > pageHeight(view)) return null;
  if (line === 0) return view.isOpen ? { kind: 'title' } : tabHit(view, inside);
  return view.isOpen ? null : pageHit(view, line - 1, inside);
};
