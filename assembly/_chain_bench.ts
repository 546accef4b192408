export * from "./_chain_entry";
import { Chain, Plan } from "./online/chain-plan";
import { firstSweepLanes, rotationsLanes, secondSweepLanes } from "./online/chain-givens";
import { gatherLanes, stepLanes } from "./online/chain-lanes";
import { activate } from "./activations";
export function part(address: usize, which: i32, n: i32): void {
  const run = changetype<Chain>(address);
  const plan = changetype<Plan>(<usize>run.work);
  for (let i = 0; i < n; i++) {
    if (which == 0) { rotationsLanes(plan, plan.x + (<usize>plan.columns << 5), 0); rotationsLanes(plan, plan.x + (<usize>plan.columns << 5), 16); }
    else if (which == 1) firstSweepLanes(plan);
    else if (which == 2) secondSweepLanes(plan);
    else if (which == 3) gatherLanes(plan.normals, <usize>plan.blockNormals << 3, plan.x, plan.columns + plan.width + 1);
    else if (which == 4) activate(0, plan.fields, plan.values, plan.slopes, (plan.p + plan.k) << 2);
    else if (which == 5) stepLanes(run, plan, 15);
  }
}
