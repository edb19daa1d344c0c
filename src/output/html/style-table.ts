/** The table of hosts that the script fills, its controls, and the sheet of one host. */
export const TABLE_STYLE = `
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media screen { .js .paper { display: none; } }
.controls { display: flex; flex-wrap: wrap; align-items: end; gap: 0.75rem; margin-bottom: 0.5rem; }
.controls label { display: flex; flex-direction: column; color: var(--soft); font-size: 0.8125rem; min-width: 0; }
.controls .query { flex: 1 1 16rem; }
input[type="search"], select, button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--faint); border-radius: 0.375rem; padding: 0.375rem 0.625rem; min-height: 2.5rem; max-width: 100%; }
input::placeholder { color: var(--soft); opacity: 1; }
button { cursor: pointer; }
button:hover { background: var(--sheet); }
.viewport { max-height: min(40rem, 75vh); overflow: auto; border: 1px solid var(--line); border-radius: 0.5rem; contain: content; overflow-anchor: none; }
#list { table-layout: fixed; width: 100%; border-collapse: separate; border-spacing: 0; }
#list thead th { position: sticky; top: 0; z-index: 1; padding: 0; background: var(--sheet); border-bottom: 1px solid var(--line); }
#list thead th.runs { padding: 0 0.5rem; font-size: 0.8125rem; vertical-align: middle; }
#list thead button { width: 100%; border: 0; border-radius: 0; background: none; padding: 0.375rem 0.5rem; text-align: left; font-weight: 600; font-size: 0.8125rem; white-space: nowrap; overflow: hidden; }
#list thead button:focus-visible, #list .open:focus-visible { outline-offset: -2px; }
#list [aria-sort="ascending"] button::after { content: " \\2191"; } #list [aria-sort="descending"] button::after { content: " \\2193"; }
#list tbody :is(th, td) { height: 2.75rem; padding: 0 0.5rem; border-bottom: 1px solid var(--line); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; }
#list tbody .space td { height: 0; padding: 0; border: 0; }
#list tbody tr[data-place] { cursor: pointer; }
#list tbody tr[data-place]:hover { background: var(--sheet); }
#list .name { width: 12rem; } #list .address { width: 8.75rem; } #list .status { width: 9.5rem; } #list .need { width: 3.75rem; } #list .runs { width: 7.5rem; }
#list.no-address .address { display: none; } #list.no-address .name { width: 11rem; }
#list thead .need button { text-align: center; padding: 0.375rem 0; }
#list td.need { text-align: center; font-weight: 600; }
#list .open { width: 100%; min-height: 0; padding: 0.25rem 0; border: 0; background: none; color: var(--link); text-align: left; font-weight: 500; overflow: hidden; text-overflow: ellipsis; }
#list .reason { color: var(--soft); font-size: 0.8125rem; line-height: 1.15rem; }
#list tbody .reason > span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; white-space: normal; overflow: hidden; }
.keys { font-size: 0.8125rem; margin-top: 0.375rem; }
dialog { width: min(60rem, 100%); max-width: 100%; height: 100%; max-height: 100%; margin: 0 0 0 auto; padding: 0 1.5rem 2rem; border: 0; border-left: 1px solid var(--line); background: var(--ground); color: var(--text); overflow-y: auto; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
dialog header { position: sticky; top: 0; z-index: 1; display: flex; align-items: start; justify-content: space-between; gap: 1rem; padding: 1rem 0 0.75rem; background: var(--ground); border-bottom: 1px solid var(--line); margin-bottom: 0.75rem; }
dialog h3 { font-size: 1.125rem; margin: 0.25rem 0; }
dialog h3:focus { outline: none; }
dialog ul { padding-left: 1.25rem; }
.command { position: relative; }
.command pre { padding-right: 5.5rem; }
.copy { position: absolute; top: 0.25rem; right: 0.25rem; min-height: 2rem; padding: 0 0.625rem; font-size: 0.8125rem; }
@media (max-width: 60rem) { #list .address, #list .runs { display: none; } }
@media (max-width: 40rem) {
  .command pre { padding-right: 0.75rem; }
  .copy { position: static; display: block; margin: 0.375rem 0 0 auto; }
  #list .need { width: 2.25rem; } #list thead .need button { font-size: 0.625rem; padding: 0.375rem 0.0625rem; text-align: center; }
  #list .reason { display: none; } #list .name { width: auto; } #list .status { width: 5.75rem; }
  #list td.status .badge { font-size: 0; } #list td.status .badge > span { font-size: 1rem; }
  #list thead .status button { overflow: hidden; }
  .controls label { flex: 1 1 40%; }
  .controls .query { flex: 1 1 100%; }
  .map > div { grid-template-columns: 1fr; gap: 0; margin-bottom: 0.25rem; }
  .map .net { text-align: left; line-height: 1.25rem; }
  dialog { padding: 0 1rem 2rem; }
  .keys { display: none; }
}
`;
