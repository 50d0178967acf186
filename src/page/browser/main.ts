import { startClaims } from './claims.ts';
import { startClassifier } from './classifier.ts';
import { startCopyButtons } from './copy.ts';
import { startCurves } from './curves.ts';
import { startFigures } from './figures.ts';
import { startTooltip } from './tooltip.ts';

const tooltip = startTooltip();
startFigures(tooltip);
startCurves(tooltip);
startCopyButtons();
startClaims();
await startClassifier();
