// SPDX-License-Identifier: Apache-2.0
#include "actors/cascade_model.hpp"

#include "messages/limits.hpp"

namespace byollm {

namespace {

// Empty where the settings have none and the caller names one.
expected<std::string> own_model(const plan_query& query,
                                const llm_target& target,
                                const provider_traits& traits) {
  if (query.kind == call_kind::count && !traits.counts_tokens)
    return failure{errc::unsupported, traits.name + " counts no tokens",
                   "count"};
  if (query.kind != call_kind::embeddings)
    return target.model();
  if (!traits.has_embeddings)
    return failure{errc::unsupported, traits.name + " has no embeddings",
                   "embeddings"};
  if (!target.embedding_model().empty())
    return target.embedding_model();
  if (!traits.embedding_model.empty() || query.request->model)
    return traits.embedding_model;
  return failure{errc::invalid_config,
                 "no embedding model is set for this " + traits.name,
                 "embedding_model"};
}

bool is_first(const plan_query& query, answerer who) noexcept {
  return query.failed.empty() || query.failed.front().who == who;
}

} // namespace

expected<std::string> model_for(const plan_query& query, answerer who,
                                const llm_target& target,
                                const provider_traits& traits) {
  auto own = own_model(query, target, traits);
  const auto& asked = query.request->model;
  if (!own || !asked || *asked == *own || !is_first(query, who))
    return own;
  if (!query.on->platform->caller_may_name_model)
    return failure{errc::invalid_request,
                   "the admin does not allow callers to name a model", "model"};
  if (!is_model_name(*asked))
    return failure{errc::invalid_request,
                   "a model name has 1 to 256 bytes of visible ASCII, no "
                   "spaces",
                   "model"};
  return *asked;
}

} // namespace byollm
