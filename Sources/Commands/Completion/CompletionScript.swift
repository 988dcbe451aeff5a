// SPDX-License-Identifier: Apache-2.0

/// A few lines for each shell, which ask the program at every press of the key. So they never know other commands than
/// the program that is installed, and ids with a colon are whole words in all three.
enum CompletionScript {
    static func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// bash breaks words at colons, equals signs and at signs, and replaces the last piece alone: the line is split again
    /// here, and what stands before the last piece is taken off every answer.
    private static let bash = #"""
        # bash completion for agenticflow-enterprise
        _agenticflow_enterprise() {
            local line=${COMP_LINE:0:COMP_POINT} current stem answer
            local -a words
            read -ra words <<<"$line"
            if [[ -z $line || $line == *[[:space:]] ]]; then words+=(''); fi
            current=${words[${#words[@]} - 1]}
            stem=${current%"${current##*["$COMP_WORDBREAKS"]}"}
            COMPREPLY=()
            while IFS= read -r answer; do
                case $answer in
                :files) compopt -o default 2>/dev/null; return ;;
                :directories) compopt -o dirnames 2>/dev/null; return ;;
                esac
                answer=${answer%%$'\t'*}
                if [[ $answer == "$stem"* ]]; then COMPREPLY+=("${answer#"$stem"}"); fi
            done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
        }
        complete -F _agenticflow_enterprise agenticflow-enterprise

        """#

    private static let zsh = #"""
        #compdef agenticflow-enterprise
        _agenticflow-enterprise() {
            local answer program=${~words[1]}
            local -a values
            for answer in "${(@f)$($program complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
                case $answer in
                ('') ;;
                (:files) _files; return ;;
                (:directories) _files -/; return ;;
                (*$'\t'*) values+=("${${answer%%$'\t'*}//:/\\:}:${answer#*$'\t'}") ;;
                (*) values+=("${answer//:/\\:}") ;;
                esac
            done
            (( $#values )) && _describe -t values 'agenticflow-enterprise' values
        }
        if [[ ${funcstack[1]} == _agenticflow-enterprise ]]; then
            _agenticflow-enterprise "$@"
        else
            compdef _agenticflow-enterprise agenticflow-enterprise
        fi

        """#

    private static let fish = #"""
        # fish completion for agenticflow-enterprise
        function __agenticflow_enterprise_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l answers ($words[1] complete -- $words[2..] "$current" 2>/dev/null)
            switch "$answers[1]"
                case :files
                    __fish_complete_path "$current"
                case :directories
                    __fish_complete_directories "$current"
                case '*'
                    printf '%s\n' $answers
            end
        end
        complete -c agenticflow-enterprise -f -a '(__agenticflow_enterprise_complete)'

        """#
}
