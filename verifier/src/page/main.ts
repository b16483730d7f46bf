import './no-eval.js';
import { startPage } from './page.js';
import { serveOrders } from './worker.js';

// One script for both, since the page is one file: where there is no document, this is the worker.
if (typeof document === 'undefined') serveOrders();
else startPage(document.currentScript?.textContent ?? '');
