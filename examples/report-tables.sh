#!/bin/sh
# Rebuilds and prints every table and number of the report that fys-nn has, with one command per figure.
#
#   examples/report-tables.sh                     the report's own numbers
#   examples/report-tables.sh --quick             a quick look; cannot be compared with the report
#   examples/report-tables.sh --seed 1..5         means over five seeds
#
# Arguments are passed to each command: --quick, --seed, --variant, --jobs, --store, --force, --quiet, --plan.
# You can start it from anywhere. It runs in the top folder of the clone, and paths in its arguments start there.
# It stops at the first command that fails, with that command's exit status. Finished trials are kept in the store, so
# the same command resumes.
#
#   FYS_NN   the program (default: npx fys-nn), for example FYS_NN="node bin/fys-nn.js"
#   OUT      where the results go (default: results; with arguments that the numbers depend on, results/report-tables)
#
# It leaves out the report's scikit-learn and TensorFlow numbers; the option --reference trains those libraries.
set -eu
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.."
FYS_NN=${FYS_NN:-npx fys-nn}

quick=false
other=false
plan=false
quiet=
variant=
before=
for argument in "$@"; do
  if [ "$before" = --variant ]; then variant=$argument; fi
  before=$argument
  case $argument in
    --variant=*) variant=${argument#--variant=} ;;
    --quick) quick=true ;;
    --seed | --seed=* | --data-dir | --data-dir=*) other=true ;;
    --plan) plan=true ;;
    --quiet) quiet=--quiet ;;
    --out | --out=*)
      echo "report-tables.sh: every command needs a folder of its own: set OUT instead of --out" >&2
      exit 2
      ;;
    --json)
      echo "report-tables.sh prints tables: for JSON, run: $FYS_NN report --json" >&2
      exit 2
      ;;
    -h | --help)
      sed -n '2,/^set -eu/s/^# \{0,1\}//p' examples/report-tables.sh
      exit 0
      ;;
  esac
done
# Runs with other settings never replace those of the report.
out=results
if $quick || $other || [ "$variant" = text ]; then out=$out/report-tables; fi
out=${OUT:-$out}

fys_nn() {
  # FYS_NN can be several words.
  # shellcheck disable=SC2086
  $FYS_NN "$@"
}

heading() {
  printf '\n== %s\n\n' "$1"
}

# It trains nothing, so --quiet is the only one of the arguments that it has.
heading 'Figure 2 and Table 1: activation functions and their gradients'
if $plan; then
  echo 'nothing to train'
else
  fys_nn activation-functions --out "$out/activation-functions" ${quiet:+"$quiet"}
fi

heading 'Figure 3: ordinary least squares, and the closed form'
fys_nn grid-search ols --out "$out/grid-search-ols" "$@"

heading 'Figure 4: ridge regression'
fys_nn grid-search ridge --out "$out/grid-search-ridge" "$@"

heading 'Figure 5: one hidden layer, error per epoch (the epochs are in curves.csv)'
fys_nn ffnn --out "$out/ffnn" "$@"

heading 'Figure 6: that network, lambda and learning rate'
fys_nn grid-search ffnn --out "$out/grid-search-ffnn" "$@"

heading 'Figure 7: activations and initial weights'
fys_nn activations --out "$out/activations" "$@"

heading 'RandomNet (text): ten networks drawn at random'
fys_nn randomnet --out "$out/randomnet" "$@"

heading 'Figure 8: one hidden layer on MNIST'
fys_nn mnist --out "$out/mnist" "$@"

heading 'Figure 9: logistic regression on MNIST'
fys_nn logistic --out "$out/logistic" "$@"

if $plan; then exit 0; fi

# By now every trial is in the store, so the report computes nothing. With --force it would compute everything again.
for argument in "$@"; do
  shift
  if [ "$argument" != --force ]; then set -- "$@" "$argument"; fi
done
heading "The report's numbers and ours"
fys_nn report --out "$out" "$@" >/dev/null

# published.csv as a table. Fields with commas are in quotes; there are no quotes inside a field.
awk '
  function fields(line, cell,    n, i, c, quoted) {
    n = 1; cell[1] = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
      c = substr(line, i, 1)
      if (c == "\"") quoted = !quoted
      else if (c == "," && !quoted) cell[++n] = ""
      else cell[n] = cell[n] c
    }
    return n
  }
  function digits(text) { return text ~ /^-?[0-9]/ ? sprintf("%.4g", text) : text }
  NR == 1 {
    n = fields($0, name)
    for (i = 1; i <= n; i++) at[name[i]] = i
    next
  }
  {
    fields($0, cell)
    if (NR == 2 && cell[at["run"]] == "quick") {
      print "QUICK RUN: fewer epochs and rows than the report has. They cannot be compared.\n"
    }
    block = cell[at["experiment"]] ", " cell[at["figure"]] ", " cell[at["metric"]]
    if (block != last) {
      printf "%s%s\n  %-70s %-16s %10s %10s %10s %6s\n", (NR > 2 ? "\n" : ""), block, "cell", "source",
        "published", "ours", "std", "seeds"
    }
    last = block
    what = cell[at["cell"]]
    if (cell[at["statistic"]] == "best") what = "best of all cells"
    else if (what == "") what = "the whole experiment"
    printf "  %-70s %-16s %10s %10s %10s %6s\n", what, cell[at["source"]], digits(cell[at["published"]]),
      digits(cell[at["ours"]]), digits(cell[at["ours_std"]]), cell[at["seeds"]]
  }
' "$out/published.csv"
