// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// OpenAI's `/v1/embeddings`.
struct EmbeddingsShape {
    let reply: Reply

    /// What `text-embedding-3-small` gives when nothing is asked for.
    private static let usualDimensions = 1536
    private static let mostDimensions = 4096
    private static let mostInputs = 2048

    var plain: JSONValue {
        let dimensions = min(max(reply.request["dimensions"]?.integer ?? Self.usualDimensions, 1), Self.mostDimensions)
        let isBase64 = reply.request["encoding_format"]?.string == "base64"
        let data = (0..<count).map { index -> JSONValue in
            let vector = Self.vector(index: index, dimensions: dimensions)
            return [
                "object": "embedding", "index": .integer(index),
                "embedding": isBase64 ? .string(Self.base64(vector)) : .array(vector.map { .number(Double($0)) }),
            ]
        }
        return [
            "object": "list", "data": .array(data), "model": .string(reply.model),
            "usage": ["prompt_tokens": .integer(reply.inputTokens), "total_tokens": .integer(reply.inputTokens)],
        ]
    }

    /// One vector for a text or a list of tokens; one each for a list of either.
    private var count: Int {
        if reply.isHollow { return 0 }
        guard let elements = reply.request["input"]?.elements, let first = elements.first else { return 1 }
        return first.integer == nil ? min(elements.count, Self.mostInputs) : 1
    }

    /// A unit vector that depends on its index alone, in numbers that both encodings give exactly.
    private static func vector(index: Int, dimensions: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: dimensions)
        vector[index % dimensions] = 1
        return vector
    }

    /// Little-endian 32-bit floats.
    private static func base64(_ vector: [Float]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for number in vector {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return Data(bytes).base64EncodedString()
    }
}
