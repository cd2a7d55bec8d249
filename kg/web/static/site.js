// Copies what a button names. Without this script the button stays hidden.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  const text = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = text; }, 2000);
  });
}

// On the page of a text: marks the stretches of the claim whose statements are shown.
const text = document.querySelector(".text");
if (text) {
  const mark = () => {
    const claim = location.hash.slice(1).replace(/-states$/, "");
    for (const stretch of text.querySelectorAll("[data-claim]")) {
      stretch.classList.toggle("on", stretch.dataset.claim === claim);
    }
  };
  addEventListener("hashchange", mark);
  mark();
}
