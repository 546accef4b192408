/** The activations of a step: the teacher's values, the student's values and slopes. */
import { activate, ERF } from "../activations";
import { scaledErfPair } from "../special/erf";
import { Plan } from "./chain-plan";

/** Values of the teacher's `count` fields, padding and all lanes included. */
// @ts-ignore: decorator
@inline
export function activateTeacher(plan: Plan, count: i32): void {
  const fields = plan.fields, values = plan.values;
  if (plan.teacherActivation == ERF) {
    // a quarter less work than with slopes
    for (let i: usize = 0; i < <usize>count << 3; i += 16) v128.store(values + i, scaledErfPair(v128.load(fields + i)));
  } else {
    activate(plan.teacherActivation, fields, values, plan.slopes, count);
  }
}

/** Values and slopes of the student, whose fields come behind those of the teacher. */
// @ts-ignore: decorator
@inline
export function activateStudent(plan: Plan, teacher: i32, student: i32): void {
  const from = <usize>teacher << 3;
  activate(plan.studentActivation, plan.fields + from, plan.values + from, plan.slopes + from, student);
}

/**
 * Values of the teacher, values and slopes of the student of one chain. An odd student is padded: there the value is made 0, which s(0) need not be,
 * so that the padded second layer stays 0.
 */
// @ts-ignore: decorator
@inline
export function activateFields(plan: Plan, teacher: i32, student: i32): void {
  activateTeacher(plan, teacher);
  activateStudent(plan, teacher, student);
  if (plan.p & 1) store<f64>(plan.values + (<usize>(teacher + plan.p) << 3), 0);
}
