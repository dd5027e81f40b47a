# SPDX-License-Identifier: Apache-2.0
"""What a DAG file says, without Airflow: it must be hourly, without what was missed, with one retry after a minute.

    commands.py FILE FOLDER

writes the command of each task to FOLDER/NAME.sh, and prints the names in the order in which they run.
"""
import ast
import sys
from pathlib import Path


def keywords(call):
    return {each.arg: each.value for each in call.keywords}


def chain(expression):
    """The variables of `a >> b >> c`."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.RShift):
        return chain(expression.left) + chain(expression.right)
    return [expression.id]


def main():
    body = next(each for each in ast.parse(Path(sys.argv[1]).read_text(encoding="utf-8")).body if isinstance(each, ast.With))
    dag = {name: ast.unparse(value) for name, value in keywords(body.items[0].context_expr).items()}
    wanted = {"schedule": "'@hourly'", "catchup": "False",
              "default_args": "{'retries': 1, 'retry_delay': timedelta(minutes=1)}"}
    for name, value in wanted.items():
        if dag.get(name) != value:
            sys.exit(f"the DAG's {name} is {dag.get(name)} and not {value}")
    tasks, order = {}, None
    for statement in body.body:
        if isinstance(statement, ast.Assign):
            tasks[statement.targets[0].id] = {name: ast.literal_eval(value) for name, value in keywords(statement.value).items()}
        elif isinstance(statement, ast.Expr):
            order = chain(statement.value)
    if order is None or sorted(order) != sorted(tasks):
        sys.exit(f"the tasks are {sorted(tasks)}, and in order stand {order}")
    for name in order:
        (Path(sys.argv[2]) / f"{tasks[name]['task_id']}.sh").write_text(tasks[name]["bash_command"], encoding="utf-8")
        print(tasks[name]["task_id"])


main()
