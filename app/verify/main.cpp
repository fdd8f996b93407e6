// SPDX-License-Identifier: Apache-2.0
// byollm-verify: says whether an export of a ledger, or a proof, is what was
// signed. For auditors, who have no BYOLLM and trust none of it: links the
// record format and OpenSSL, and nothing else of ours.
#include "app/ledger/export_verifier.hpp"
#include "app/ledger/tlog_proof.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace byollm {

namespace {

constexpr auto usage = R"(usage:
  byollm-verify --key LEDGER.PUB [--anchor FILE] EXPORT
  byollm-verify --key LEDGER.PUB --proof FILE
  byollm-verify --key LEDGER.PUB --anchor FILE --extends FILE

Verifies what `byollm ledger export` and `byollm ledger prove` printed; - is
stdin. LEDGER.PUB is a copy of the data directory's ledger.pub, an anchor file
one that BYOLLM or the system log wrote.

The first line of the answer is `intact: ...`, `proven: ...`, or what is wrong:
edited, missing, reordered, truncated, rolled back, forked (`... at record N:
...`), or `refused: ...` for a proof.

Exit codes: 0 intact or proven, 1 not, 2 wrong usage, 3 nothing to judge by (a
file cannot be read, holds no key, or no anchor).
)";

constexpr int exit_fine = 0;
constexpr int exit_wrong = 1;
constexpr int exit_usage = 2;
constexpr int exit_no_verdict = 3;

struct arguments {
  std::string key = {};
  std::string anchor = {};
  std::string proof = {};
  std::string extends = {};
  std::string exported = {};
};

int no_verdict(const std::string& why) {
  std::cerr << "byollm-verify: " << why << '\n';
  return exit_no_verdict;
}

// The standard input or a file, as a stream that is good.
class input {
public:
  explicit input(const std::string& name)
      : file_(name == "-" ? std::ifstream{} : std::ifstream{name, mode}),
        from_(name == "-" ? std::cin : file_) {
    if (name != "-" && !file_.is_open())
      from_.setstate(std::ios::failbit);
  }

  std::istream& stream() {
    return from_;
  }

private:
  static constexpr auto mode = std::ios::binary;
  std::ifstream file_;
  std::istream& from_;
};

std::optional<std::string> read_all(const std::string& name) {
  input from{name};
  std::string text{std::istreambuf_iterator<char>{from.stream()}, {}};
  if (!from.stream())
    return std::nullopt;
  return text;
}

int verify_export(const arguments& args, std::vector<note_key> known,
                  const std::vector<checkpoint>& anchors) {
  input from{args.exported};
  if (!from.stream())
    return no_verdict("cannot read " + args.exported);
  export_verifier verifier{std::move(known), anchors};
  std::string line;
  while (std::getline(from.stream(), line)) {
    // The last newline is part of the form, too.
    if (from.stream().eof())
      line += '\n';
    verifier.line(line);
  }
  if (from.stream().bad())
    return no_verdict("cannot read " + args.exported);
  auto verdict = verifier.finish();
  if (!verdict.intact) {
    auto words = std::string_view{verdict.problem};
    std::cout << to_string(verdict.flaw) << " at record "
              << verdict.first_bad_seq << words.substr(words.find(':')) << '\n';
    return exit_wrong;
  }
  std::cout << "intact: " << verdict.records << " records, "
            << verifier.withheld() << " of them withheld, "
            << verdict.checkpoints << " checkpoints, " << verdict.anchors
            << " anchors, root " << verdict.root_hex << '\n';
  return exit_fine;
}

// A file may hold several proofs, one after the other.
int verify_proofs(const arguments& args, const std::vector<note_key>& known) {
  auto text = read_all(args.proof);
  if (!text)
    return no_verdict("cannot read " + args.proof);
  std::string_view rest{*text};
  std::string said;
  do {
    auto next = rest.find(tlog_proof_magic, 1);
    auto proven = check_tlog_proof(rest.substr(0, next), known);
    if (!proven) {
      std::cout << "refused: " << proven.error().detail << '\n';
      return exit_wrong;
    }
    said += "proven: record " + std::to_string(proven->seq)
            + " is one of the first " + std::to_string(proven->under.head.size)
            + " of " + proven->under.origin + "\n";
    rest = next == std::string_view::npos ? "" : rest.substr(next);
  } while (!rest.empty());
  std::cout << said;
  return exit_fine;
}

// The older root is not in the proof; whoever asks has it in an anchor.
int verify_extension(const arguments& args, const std::vector<note_key>& known,
                     const std::vector<checkpoint>& anchors) {
  auto text = read_all(args.extends);
  if (!text)
    return no_verdict("cannot read " + args.extends);
  failure why{errc::not_found, "no anchor has the older checkpoint"};
  for (const auto& anchor : anchors) {
    auto now = check_consistency(*text, anchor.head, known);
    if (now && now->origin == anchor.origin) {
      std::cout << "proven: the first " << now->head.size << " records of "
                << now->origin << " begin with the anchor's "
                << anchor.head.size << '\n';
      return exit_fine;
    }
    if (text->starts_with("old " + std::to_string(anchor.head.size) + "\n"))
      why = now ? failure{errc::invalid_request, "it is another ledger's"}
                : now.error();
  }
  std::cout << "refused: " << why.detail << '\n';
  return exit_wrong;
}

int verify(const arguments& args) {
  auto key_text = read_all(args.key);
  if (!key_text)
    return no_verdict("cannot read " + args.key);
  auto known = read_vkeys(*key_text);
  if (!known)
    return no_verdict(args.key + ": " + known.error().detail);
  std::vector<checkpoint> anchors;
  if (!args.anchor.empty()) {
    auto anchor_text = read_all(args.anchor);
    if (!anchor_text)
      return no_verdict("cannot read " + args.anchor);
    anchors = read_anchors(*anchor_text, *known);
    if (anchors.empty())
      return no_verdict(args.anchor + " has no anchor of this ledger");
  }
  if (!args.proof.empty())
    return verify_proofs(args, *known);
  if (!args.extends.empty())
    return verify_extension(args, *known, anchors);
  return verify_export(args, *std::move(known), anchors);
}

std::optional<arguments> parse(int argc, char** argv) {
  arguments result;
  for (int i = 1; i < argc; ++i) {
    std::string_view word{argv[i]};
    auto* target = word == "--key"       ? &result.key
                   : word == "--anchor"  ? &result.anchor
                   : word == "--proof"   ? &result.proof
                   : word == "--extends" ? &result.extends
                                         : nullptr;
    if (target && i + 1 < argc)
      word = argv[++i];
    else if (target || word.starts_with("--"))
      return std::nullopt;
    else
      target = &result.exported;
    if (!target->empty() || word.empty())
      return std::nullopt;
    *target = word;
  }
  auto subjects = !result.proof.empty() + !result.extends.empty()
                  + !result.exported.empty();
  if (result.key.empty() || subjects != 1
      || (!result.extends.empty() && result.anchor.empty()))
    return std::nullopt;
  return result;
}

} // namespace

} // namespace byollm

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string_view{argv[1]} == "--help") {
      std::cout << byollm::usage;
      return byollm::exit_fine;
    }
    auto args = byollm::parse(argc, argv);
    if (!args) {
      std::cerr << byollm::usage;
      return byollm::exit_usage;
    }
    return byollm::verify(*args);
  } catch (const std::exception& why) {
    return byollm::no_verdict(why.what());
  }
}
