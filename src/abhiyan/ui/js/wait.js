// Seconds to wait are counted down. <span data-wait>in <b>45</b> seconds</span>
for (const told of document.querySelectorAll("[data-wait]")) {
  const left = told.querySelector("b");
  const until = Date.now() + left.textContent * 1000;
  const timer = setInterval(() => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds > 0) left.textContent = seconds;
    else {
      clearInterval(timer);
      told.remove();
    }
  }, 500);
}
