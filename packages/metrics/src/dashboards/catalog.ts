import { CLUSTER_DASHBOARD } from './cluster.js';
import { COST_DASHBOARD } from './cost.js';
import type { Dashboard } from './dashboard.js';
import { RUN_DASHBOARD } from './run.js';

export const DASHBOARDS: readonly Dashboard[] = [RUN_DASHBOARD, CLUSTER_DASHBOARD, COST_DASHBOARD];
