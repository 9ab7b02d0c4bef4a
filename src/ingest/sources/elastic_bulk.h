// _bulk of Elasticsearch, and single documents. Routes and handshake are in elastic.cpp.
#pragma once

#include "ingest/http_source.h"

namespace vg::ingest {

// POST or PUT /_bulk, /{index}/_bulk.
Result<net::Response> elastic_bulk(HttpAsk& ask);
// POST /{index}/_doc, PUT /{index}/_doc/{id}, /{index}/_create/{id}.
Result<net::Response> elastic_document(HttpAsk& ask);

}  // namespace vg::ingest
