import { SERVICE_ALERTS } from './alerts-service.js';
import { WORK_ALERTS } from './alerts-work.js';
import type { AlertRule } from './rule.js';

export const ALERTS: readonly AlertRule[] = [...SERVICE_ALERTS, ...WORK_ALERTS];
