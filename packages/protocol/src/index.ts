export { ERROR_CODES, EXIT_CODES, type ErrorCode, OodError } from './errors.js';
