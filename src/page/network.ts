import type { Plan } from '../experiment/plan.ts';
import type { ClassifierData } from './browser/data.ts';
import { commandOf, type Places } from './commands.ts';
import { type Html, html, jsonBlock } from './html.ts';
import { command } from './parts.ts';

/** The section for trying the trained networks: a drawing pad, the network's input, and its output. */
export function networkSection(data: ClassifierData | null, plans: readonly Plan[], places: Places): Html {
  return html`<section id="network" aria-labelledby="network-title">
<h2 id="network-title">Draw a digit</h2>
${data === null ? noWeights(plans, places) : classifier(data)}
</section>`;
}

/** Shown if the store has no weights, as for diverged trainings and for records from versions that did not keep them. */
function noWeights(plans: readonly Plan[], places: Places): Html {
  const plan = plans.find(({ data }) => data.some(({ isDigits }) => isDigits));
  return html`<p>There is no trained network to try here: the store holds no weights of a network that classifies images.</p>
${
  plan === undefined
    ? null
    : html`<p>To add one, train it again with this command, then write this page again:</p>${command(`${commandOf(plan, places)} --force`)}`
}`;
}

function classifier(data: ClassifierData): Html {
  const { networks, images } = data;
  return html`<p>Draw a digit on the black square with a mouse, finger or pen, or choose a test image. A network that this run
trained classifies it in your browser, and nothing is sent anywhere. Drawings are scaled and centred like MNIST's digits.</p>
${
  networks.length === 1
    ? html`<p>${networks[0].title}</p>`
    : html`<p><label>Network <select id="network-choice">${networks.map(
        ({ title }, index) => html`<option value="${index}">${title}</option>`,
      )}</select></label></p>`
}
<div class="classifier">
<div class="drawing">
<div class="pad"><canvas id="pad" width="280" height="280" tabindex="0" role="application" aria-label="drawing pad" aria-describedby="pad-keys"></canvas><div id="pad-cursor" aria-hidden="true"></div></div>
<p class="pad-row"><button type="button" id="pad-clear">clear</button> <span id="pad-status" role="status">pen up</span></p>
<p class="note" id="pad-keys">Keyboard: arrow keys move the cursor, Space lowers or lifts the pen, Delete clears.</p>
</div>
<div class="given"><canvas id="seen" width="28" height="28" role="img" aria-label="the network's input: 28 x 28 pixels"></canvas><p class="note">the network's input</p></div>
<div class="said">
<p id="answer" role="status"></p>
<ol id="probabilities" start="0" aria-label="probability of each digit">${Array.from(
    { length: networks[0].layers[networks[0].layers.length - 1].units },
    (_, digit) =>
      html`<li><span class="digit">${digit}</span><span class="track"><span class="bar"></span></span><span class="share"></span></li>`,
  )}</ol>
</div>
</div>
${
  images.length === 0
    ? null
    : html`<h3>Test images</h3>
<p class="images">${images.map(
        ({ label }, index) =>
          html`<button type="button" data-image="${index}" aria-label="test image of a ${label}"><canvas width="28" height="28"></canvas></button> `,
      )}</p>`
}
${jsonBlock('classifier-data', data)}`;
}
