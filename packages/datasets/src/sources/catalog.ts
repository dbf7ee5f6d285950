// Every kind of source that a data set may name. A new one is one file of the same shape and one line here.
export { archive } from './archive.js';
export { debianPackage } from './debian-package.js';
export { npmPackage } from './npm-package.js';
export { userFolders } from './user-folders.js';
export { webFolder } from './web-folder.js';
