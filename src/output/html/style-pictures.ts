/** Pictures: the map of hosts, strips of ports, the path, and the runs. */
export const PICTURE_STYLE = `
svg { display: block; }
figure { margin: 0; }
.axis { display: flex; justify-content: space-between; gap: 0.5rem; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.lanes { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0.75rem 0 0; padding: 0; border: 0; }
.lanes legend { float: left; padding: 0; margin-right: 1rem; color: var(--soft); }
.lanes label { cursor: pointer; }
.lanes input { accent-color: var(--link); margin: 0 0.125rem 0 0; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 0.75rem; padding: 0; list-style: none; color: var(--soft); font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 0.375rem; }
.legend svg { width: 0.75rem; height: 0.75rem; border-bottom: 1px solid var(--line); }
.map > div { display: grid; grid-template-columns: 9rem 1fr; align-items: end; gap: 0.75rem; min-height: 1.375rem; }
.map .net { font-size: 0.8125rem; line-height: 1.375rem; font-variant-numeric: tabular-nums; color: inherit; text-decoration: none; text-align: right; overflow-wrap: anywhere; }
.map .net:is(:hover, :focus-visible) { color: var(--link); text-decoration: underline; }
.cells { width: 100%; height: 1.125rem; border-bottom: 1px solid var(--line); shape-rendering: crispEdges; }
.lane { display: none; }
body:has(#lane-verdict:checked) .lane.verdict, body:has(#lane-endpoint-mapper:checked) .lane.endpoint-mapper,
body:has(#lane-remote-desktop:checked) .lane.remote-desktop, body:has(#lane-dynamic-rpc:checked) .lane.dynamic-rpc { display: inline; }
.state { font-weight: 600; white-space: nowrap; }
.state.pass, td.pass { color: var(--ready); } .state.fail, td.fail { color: var(--blocked); }
.state.undetermined, td.undetermined { color: var(--undetermined); } .state.not-needed, td.not-needed { color: var(--soft); font-weight: 400; }
.grid tbody th { white-space: nowrap; }
.strip { margin: 0.5rem 0 0.75rem; }
.strip svg { width: 100%; height: 2.5rem; }
.strip svg .range { shape-rendering: crispEdges; }
.tick { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
path.tick.reachable { fill: none; stroke: var(--fill-ready); }
path.tick.filtered { fill: none; stroke: var(--fill-blocked); }
path.tick.unknown { fill: none; stroke: var(--faint); }
.key.filtered { color: var(--blocked); }
.path { padding: 0; list-style: none; }
.path li { display: grid; grid-template-columns: 1.5rem 1fr; gap: 0.5rem; min-height: 2.25rem; }
.path li > svg { width: 1.5rem; height: 100%; min-height: 2.25rem; }
.path li > div { padding: 0.25rem 0; }
.path li.filter { color: var(--blocked); }
.path .rail { stroke: var(--faint); stroke-width: 2; fill: none; }
.path .dashed { stroke-dasharray: 2 3; }
.path circle { fill: var(--ground); stroke: var(--text); stroke-width: 2; }
.path circle:is(.start, .end) { fill: var(--text); }
.path circle.silent { stroke: var(--faint); stroke-dasharray: 2 2; }
.path circle.cut { fill: var(--ground); stroke-dasharray: 3 2; }
.path .wall { stroke: var(--fill-blocked); stroke-width: 3; fill: none; }
.changes { padding-left: 1.25rem; columns: 2 24rem; column-gap: 2.5rem; }
.changes li { break-inside: avoid; }
.changes li + li { margin-top: 0.375rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.375rem; }
.timeline .plot { display: grid; grid-template-columns: auto 1fr; gap: 0.5rem; }
.timeline .ticks { display: flex; flex-direction: column; justify-content: space-between; color: var(--soft); font-size: 0.75rem; text-align: right; font-variant-numeric: tabular-nums; }
.timeline svg { width: 100%; height: 10rem; border-bottom: 1px solid var(--line); }
.timeline .axis { margin: 0.25rem 0; padding-left: 2rem; }
figcaption { color: var(--soft); font-size: 0.875rem; }
.word { padding-left: 0.125rem; border-bottom: 3px solid var(--faint); color: var(--text); }
.word.ready { border-color: var(--fill-ready); } .word.clear-so-far { border-color: var(--fill-clear); } .word.blocked { border-color: var(--fill-blocked); } .word.undetermined { border-color: var(--fill-undetermined); }
.spark { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem 1.5rem; padding: 0; list-style: none; }
.spark h4 { margin: 0.5rem 0 0; }
.spark svg { width: 100%; height: 3.5rem; }
.spark .guide { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.spark .line { fill: none; stroke: var(--link); stroke-width: 2; vector-effect: non-scaling-stroke; }
td.runs { white-space: nowrap; }
.flapping tbody th { white-space: nowrap; } .flapping .number { width: 8rem; padding-right: 1.5rem; }
`;
