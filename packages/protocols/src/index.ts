export { PROTOCOLS } from './catalog.js';
export { FAMILIES, familiesOf, familyMetrics } from './families/catalog.js';
export type { ClassifiedMetric, MetricFamily } from './families/family.js';
export { fssdPaper } from './fssd-paper.js';
export type { ProtocolKit, ProtocolModule } from './kit.js';
export type { Metric } from './metric.js';
export { auroc } from './metrics/auroc.js';
export { auprInOpenood, auprOutOpenood, fpr95Openood } from './metrics/openood.js';
export {
  type Combination,
  type Cut,
  isChoosing,
  type Protocol,
  type Range,
  ROLES,
  type Role,
  type Selected,
  type Side,
  type Sweep,
} from './protocol.js';
export {
  findProtocol,
  moduleOf,
  protocolModules,
  protocols,
  type RegisteredModule,
  registerProtocol,
} from './registry.js';
export { splitIndices } from './split-indices.js';
