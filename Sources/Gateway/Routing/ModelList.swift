// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers

extension ModelRouter {
    /// `GET /v1/models`: what can be asked for, without any network.
    func modelList(forAnthropic isAnthropic: Bool) -> String {
        var ids = Set(offers.filter { $0.value.count == 1 }.keys)
        for (id, providers) in offers where providers.count > 1 { ids.formUnion(providers.map { "\($0)/\(id)" }) }
        ids.formUnion(aliases.keys)
        let sorted = ids.sorted()
        let created = "1970-01-01T00:00:00Z"
        if isAnthropic {
            let rows = sorted.map {
                "{\"type\":\"model\",\"id\":\($0.jsonQuoted),\"display_name\":\($0.jsonQuoted),\"created_at\":\"\(created)\"}"
            }
            return "{\"data\":[\(rows.joined(separator: ","))],\"first_id\":\(sorted.first?.jsonQuoted ?? "null"),"
                + "\"last_id\":\(sorted.last?.jsonQuoted ?? "null"),\"has_more\":false}\n"
        }
        let rows = sorted.map { id in
            let owner =
                offers[id]?.first?.text ?? id.split(separator: "/").first.map(String.init) ?? "agenticflow-enterprise"
            return "{\"id\":\(id.jsonQuoted),\"object\":\"model\",\"created\":0,\"owned_by\":\(owner.jsonQuoted)}"
        }
        return "{\"object\":\"list\",\"data\":[\(rows.joined(separator: ","))]}\n"
    }
}
