// The other tabs as documents: input and output, events and links, prompt, feedback, the raw span. Pure; any
// thread.
#pragma once

#include "views/trace/details/details_data.h"
#include "views/trace/details/flow_document.h"

#include <QString>

namespace clew::views {

FlowDocument ioDocument(const DetailsData& data, const BuildOptions& options);
FlowDocument eventsDocument(const DetailsData& data, const BuildOptions& options);
FlowDocument promptDocument(const DetailsData& data, const BuildOptions& options);
FlowDocument feedbackDocument(const DetailsData& data, const BuildOptions& options, const QString& author);
FlowDocument rawDocument(const DetailsData& data, const BuildOptions& options);

// The span as an OTLP/JSON object in one line, with its resource and scope beside it.
std::string rawJson(const SpanDetail& span);

// Whether a tab would show anything; the reason why not, else "".
QString noMessagesReason(const DetailsData& data);
QString noInputOutputReason(const DetailsData& data);
QString noEventsReason(const DetailsData& data);
bool hasPrompt(const DetailsData& data);

// "10:52" today, "14 Nov 09:12" this year, else with the year; local time.
QString clockText(TimeNs time);

} // namespace clew::views
