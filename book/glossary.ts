/** The glossary: the course's terms, each with the sentence and the place where it first stands. */
import { escapeHtml } from "./escape.js";
import type { Page } from "./page.js";

/** The terms, as they are looked for; a plural counts. */
const terms = [
  "accuracy, activation, Adam, AdaGrad, AdamW, backward pass, batch, BatchNorm, bias, broadcasting",
  "chain rule, checkpoint, clipping, confusion matrix, cross-entropy, damping, dropout, early stopping",
  "elastic net, ensemble, epoch, fine-tuning, fold, forward pass, generalization, gradient, Hessian",
  "hyperparameter, imputation, initialization, K-fold, L1, L2, layer, learning rate, likelihood, logit",
  "loss, mask, momentum, Nesterov, one-hot, overfitting, parameter, penalty, pruning, random search",
  "regularizer, ReLU, residual, RMSProp, saturation, SGD, sigmoid, softmax, standardize, submission",
  "temperature, tensor, test set, underfitting, validation, vanishing gradient, weight decay",
].flatMap((line) => line.split(", "));

/** The first sentence with a term, and its place. */
interface Place {
  term: string;
  sentence: string;
  page: Page;
  id: string;
}

/** A longer sentence, or one with a formula, explains nothing by itself. */
const isPlain = (sentence: string) => sentence.length <= 240 && !sentence.includes("\\");

function firstPlace(term: string, chapters: readonly Page[]): Place[] {
  const pattern = new RegExp(`(?<![\\p{L}\\d])${term}(?:s|es)?(?![\\p{L}\\d])`, "iu");
  for (const page of chapters) {
    for (const { id, text } of page.sections) {
      const sentences = text.replace(/\s+/g, " ").split(/(?<=[.:?!]) (?=\p{Lu})/u);
      const sentence = sentences.find((each) => pattern.test(each) && isPlain(each));
      if (sentence !== undefined && id !== "") return [{ term, sentence: sentence.trim(), page, id }];
    }
  }
  return [];
}

/** The page of the glossary; terms that no chapter has are left out. */
export function glossaryPage(chapters: readonly Page[]): Page {
  const places = terms.flatMap((term) => firstPlace(term, chapters));
  places.sort((a, b) => a.term.localeCompare(b.term, "en", { sensitivity: "base" }));
  const entries = places.map(({ term, sentence, page, id }) => {
    const link = `<a href="${page.name}.html#${id}">${escapeHtml(page.title)}</a>`;
    return `<dt id="${term.toLowerCase().replace(/[^a-z0-9]+/g, "-")}">${escapeHtml(term)}</dt>\n<dd>${escapeHtml(sentence)} ${link}</dd>`;
  });
  const html = `<h1>Glossary</h1>
<p>The terms of the course, each with the sentence in which it first stands.</p>
<dl class="glossary">${entries.join("\n")}</dl>`;
  const sections = [{ id: "", heading: "", level: 1, text: "The terms of the course, each with its first place." }];
  return { name: "glossary", title: "Glossary", html, sections };
}
