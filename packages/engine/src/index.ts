export { workerEnvironment } from './backend/environment.js';
