# What R's `survey` (Debian: r-cran-survey) makes of cases.csv: mean, total and their variances. Prints CSV.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")

two_phases <- function(d) {
  # One stratum at a time: `twophase` with several gives another variance when its rows are sorted another way.
  parts <- sapply(split(d, d$stratum), function(one) {
    one <- transform(one, id = seq_len(nrow(one)), seen = seen == 1)
    design <- twophase(
      id = list(~id, ~id), strata = list(NULL, ~reached), fpc = list(~items, NULL),
      subset = ~seen, data = one, method = "full")
    of <- svymean(~y, design)
    c(one$items[1], coef(of), vcov(of))
  })
  all <- sum(parts[1, ])
  share <- parts[1, ] / all
  mean <- sum(share * parts[2, ])
  var <- sum(share^2 * parts[3, ])
  c(mean, var, mean * all, var * all^2)
}

one_phase <- function(d, kind) {
  if (kind == "stratified") {
    design <- svydesign(ids = ~1, strata = ~stratum, fpc = ~items, data = d)
  } else {
    d$w <- d$items / ave(d$y, d$stratum, FUN = length)
    d$psu <- paste(d$stratum, d$booth)
    sizes <- unique(d[c("stratum", "items")])
    names(sizes)[2] <- "Freq"
    design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d)
    design <- postStratify(design, ~stratum, sizes)
  }
  of <- svymean(~y, design)
  all <- svytotal(~y, design)
  c(coef(of), vcov(of), coef(all), vcov(all))
}

rows <- read.csv("cases.csv")
cat("case,mean,mean_var,total,total_var\n")
for (case in unique(rows$case)) {
  d <- rows[rows$case == case, ]
  kind <- d$kind[1]
  found <- if (kind == "phases") two_phases(d) else one_phase(d, kind)
  cat(paste(c(case, sprintf("%.12g", found)), collapse = ","), "\n", sep = "")
}
