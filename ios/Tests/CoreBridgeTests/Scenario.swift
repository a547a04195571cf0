import Foundation

/// The values that the border tests of all languages share.
enum Scenario {
    /// The folder of the tests across languages.
    static let tests: URL = {
        // Tests/CoreBridgeTests/Scenario.swift, within ios.
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("tests")
    }()

    private static let root: Node = {
        let file = tests.appendingPathComponent("bindings/scenario.json")
        guard let data = try? Data(contentsOf: file), let node = try? JSONDecoder().decode(Node.self, from: data) else {
            fatalError("no scenario at \(file.path)")
        }
        return node
    }()

    /// A text by its path: `shop.name`, `devices.0`.
    static func text(_ path: String) -> String {
        guard case .text(let text) = at(path) else { fatalError("\(path) is no text") }
        return text
    }

    /// A number by its path.
    static func number(_ path: String) -> Int64 {
        guard case .number(let number) = at(path) else { fatalError("\(path) is no number") }
        return number
    }

    /// The keys of an object.
    static func names(_ path: String) -> [String] {
        guard case .object(let object) = at(path) else { fatalError("\(path) is no object") }
        return object.keys.sorted()
    }

    /// How many elements a list has.
    static func count(_ path: String) -> Int {
        guard case .list(let list) = at(path) else { fatalError("\(path) is no list") }
        return list.count
    }

    private static func at(_ path: String) -> Node {
        path.split(separator: ".").reduce(root) { node, step in
            switch node {
            case .list(let list): list[Int(step) ?? 0]
            case .object(let object): object[String(step)] ?? .object([:])
            case .text, .number: node
            }
        }
    }

    private enum Node: Decodable, Sendable {
        case text(String)
        case number(Int64)
        case list([Node])
        case object([String: Node])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let number = try? value.decode(Int64.self) {
                self = .number(number)
            } else if let list = try? value.decode([Node].self) {
                self = .list(list)
            } else {
                self = .object(try value.decode([String: Node].self))
            }
        }
    }
}
